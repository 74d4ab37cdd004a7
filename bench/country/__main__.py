"""`python -m bench.country --size small --seed 7 --out DIR` writes the country into a folder."""

import argparse
import sys
import time
from pathlib import Path

from .making import make
from .sizes import SIZES


def main() -> None:
    """Read the command line, make the country, say what was made."""
    parser = argparse.ArgumentParser(prog="python -m bench.country", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    began = time.monotonic()
    told = make(SIZES[asked.size], asked.seed, asked.out)
    weight = sum(file["bytes"] for file in told["files"].values()) / 1e6
    sys.stdout.write(
        f"{told['country']} ({asked.size}): {told['counts']['households']:,} households, "
        f"{told['counts']['people']:,} people, {told['counts']['areas']['adm3']:,} communes; "
        f"{weight:.0f} MB in {time.monotonic() - began:.0f} s\n"
    )


if __name__ == "__main__":
    main()
