#!/usr/bin/env python3
"""Quayside's one command: `up` starts it, `test` checks it, and every Django command works.

This file must be readable by old Pythons, so that they can say what they lack.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("Quayside needs Python 3.11 or newer; this is %d.%d. Try: python3.11 manage.py up" % sys.version_info[:2])
if sys.platform == "win32":
    sys.exit("Quayside runs on Linux and macOS. On Windows, use it inside WSL.")

from deploy.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv))
