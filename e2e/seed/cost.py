#!/usr/bin/env python3
"""Runs a command and writes the CPU seconds that it took, of user and system, to a file."""

import resource
import subprocess
import sys


def main():
    code = subprocess.run(sys.argv[2:], check=False).returncode
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write(f"{used.ru_utime + used.ru_stime:.3f}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
