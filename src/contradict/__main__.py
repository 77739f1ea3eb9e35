"""`python -m contradict` is the command `contradict`."""

import sys

from contradict.cli import main

if __name__ == "__main__":
    sys.exit(main())
