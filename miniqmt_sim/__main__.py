"""``python -m miniqmt_sim`` is ``miniqmt-sim``."""

import sys

from miniqmt_sim.cli import main

if __name__ == "__main__":
    sys.exit(main())
