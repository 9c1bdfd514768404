#!/usr/bin/env python3
"""Checks an export of a generated Takeout library against its truth: every location has the right sidecar, every item is one asset, and the
finder names exactly Lightroom's previews."""
import csv, json, re, sys

truth_path, export_path, finder_path = sys.argv[1:4]
rows = list(csv.DictReader(open(truth_path)))
member = lambda path: re.split(r"\.(?:zip|tgz|tar\.gz)!", path, maxsplit=1)[-1]
sidecar_of, asset_of = {}, {}
for asset in json.load(open(export_path))["assets"]:
    for location in asset["locations"]:
        path = member(location["path"])
        assert path not in asset_of, f"{path} stands twice"
        asset_of[path] = asset["id"]
        sidecar_of[path] = member(location["sidecar"]) if location["sidecar"] else ""
faults = []
truth_assets, our_assets = {}, {}
for row in rows:
    path = row["path"]
    if path not in asset_of:
        faults.append(f"not exported: {path}")
        continue
    if sidecar_of[path] != row["sidecar"]:
        faults.append(f"sidecar of {path}: {sidecar_of[path]!r}, not {row['sidecar']!r}")
    truth_assets.setdefault(row["asset"], set()).add(asset_of[path])
    our_assets.setdefault(asset_of[path], set()).add(row["asset"])
faults += [f"item {item} is {len(ids)} assets" for item, ids in truth_assets.items() if len(ids) > 1]
faults += [f"asset {asset} is {len(items)} items" for asset, items in our_assets.items() if len(items) > 1]
found = {member(one["path"]) for one in json.load(open(finder_path))["found"]}
wanted = {row["path"] for row in rows if re.search(r"/[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\.dng$", row["path"], re.I)}
faults += [f"preview not found: {path}" for path in sorted(wanted - found)] + [f"no preview: {path}" for path in sorted(found - wanted)]
print(f"{len(rows)} media, {len(truth_assets)} items, {len(wanted)} previews: {len(faults)} faults")
for fault in faults[:20]:
    print(" ", fault)
sys.exit(bool(faults))
