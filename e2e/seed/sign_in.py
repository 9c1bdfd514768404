#!/usr/bin/env python3
"""Signs Lookalike in at a simulated Google, whose person agrees at once: opens the address that the program prints."""

import subprocess
import sys
import threading
import urllib.request

MARK = "if the browser does not: "


def main():
    program, client = sys.argv[1:3]
    command = [program, "google", "login", "--whole", "--no-browser", "--client-secret", client]
    login = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for line in login.stderr:
        if MARK in line:
            url = line.split(MARK, 1)[1].strip()
            threading.Thread(target=lambda url=url: urllib.request.urlopen(url, timeout=30).read(), daemon=True).start()
        else:
            print(line.rstrip())
    sys.exit(login.wait())


if __name__ == "__main__":
    main()
