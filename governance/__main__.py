"""Entry point of `manage.py` and of the installed `consentry` command."""

import os
import sys


def main() -> int:
    """Run one management command; returns the process's exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
