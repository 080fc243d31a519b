"""Many lives of a server that is killed (``crash``): ``make soak``, or ``python -m tests.kit.soak SEEDS``."""

from __future__ import annotations

import platform
import sys
import time

from tests.kit.crash import Found, play


def main() -> None:
    """Play the seeds and say what they found; the exit code is 1 when something was lost."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    began = time.perf_counter()
    total = Found(*[0] * len(Found._fields))
    failed: list[int] = []
    for seed in range(seeds):
        try:
            total = Found(*(sum(pair) for pair in zip(total, play(seed), strict=True)))
        except AssertionError as error:
            failed.append(seed)
            print(f"seed {seed}: {error}", flush=True)
        if (seed + 1) % 50 == 0 or seed + 1 == seeds:
            figures = ", ".join(f"{name} {number:,}" for name, number in total._asdict().items())
            print(f"{seed + 1} seeds in {time.perf_counter() - began:.0f} s: {figures}; failed: {failed or 'none'}", flush=True)
    print(f"Python {platform.python_version()} on {platform.system()}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
