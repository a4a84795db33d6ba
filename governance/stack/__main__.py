"""`python -m governance.stack`: the supervisor; started by `Stack`, never by hand."""

import sys

from governance.stack.supervisor import run

if __name__ == "__main__":
    sys.exit(run())
