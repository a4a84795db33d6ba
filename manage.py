#!/usr/bin/env python3
"""Consentry's command line: `manage.py up`, `demo`, `audit PATH` and Django's own commands."""

import sys

from governance.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
