#!/usr/bin/env python3
"""Compares the table `photos` of a Lookalike catalog with that of the Python program this project began with, as parsed values.

SQLAlchemy writes an interval as a date after 1970 and a time with microseconds; floats come as the same number from both. Prints the
first rows that differ; the exit code is 1 where any does.
"""

import datetime as dt
import sqlite3
import sys

COLUMNS = [
    "id", "filename", "mime_type", "creation_time", "width", "height", "camera_make", "camera_model",
    "focal_length", "f_stop", "iso_equivalent", "exposure_time",
]
QUERY = """SELECT id FROM photos AS main
WHERE filename LIKE '________-____-____-____-____________.dng'
AND EXISTS(SELECT id from photos WHERE creation_time = main.creation_time AND camera_make = main.camera_make
           AND camera_model = main.camera_model AND id != main.id)"""


def moment(text):
    return None if text is None else dt.datetime.fromisoformat(text).replace(tzinfo=None)


def seconds(value):
    """An exposure, to the microsecond that a Python interval holds."""
    if value is None:
        return None
    if isinstance(value, str):
        return round((moment(value) - dt.datetime(1970, 1, 1)).total_seconds(), 6)
    return round(value, 6)


def rows(path):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    table = {}
    for row in connection.execute(f"SELECT {', '.join(COLUMNS)} FROM photos"):
        row = list(row)
        row[3], row[11] = moment(row[3]), seconds(row[11])
        table[row[0]] = tuple(row)
    return table, {row[0] for row in connection.execute(QUERY)}


def main():
    (ours, our_ids), (theirs, their_ids) = rows(sys.argv[1]), rows(sys.argv[2])
    faults = 0
    for key in sorted(ours.keys() | theirs.keys()):
        if ours.get(key) != theirs.get(key):
            faults += 1
            if faults <= 5:
                print(f"differs: {ours.get(key)}\n         {theirs.get(key)}")
    print(f"{len(ours)} and {len(theirs)} rows, {faults} differ; the query finds {len(our_ids)} and {len(their_ids)}")
    sys.exit(faults > 0 or our_ids != their_ids or not our_ids)


if __name__ == "__main__":
    main()
