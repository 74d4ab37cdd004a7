"""`python -m bench.journey [--size tiny|small] [--data DIR]`; exit 0 only if all figures agree."""

import argparse
import sys
import tempfile
from pathlib import Path

import app.tables  # noqa: F401 - the foreign keys need every table
from bench.journey import cagayan, kesara
from bench.journey.ledger import Ledger
from core.db import connect
from core.settings import settings


def main() -> int:
    """Walk the way, print what happened, and say whether it was right."""
    parser = argparse.ArgumentParser(prog="python -m bench.journey", description=__doc__)
    parser.add_argument("--size", default="small", choices=["tiny", "small"])
    parser.add_argument("--data", type=Path, help="the data pack: walk it on Typhoon Vamco")
    asked = parser.parse_args()
    connect(settings().database_works_url)
    ledger = Ledger()
    with tempfile.TemporaryDirectory() as folder:
        if asked.data:
            cagayan.walk(ledger, asked.data, Path(folder))
        else:
            kesara.walk(ledger, asked.size, Path(folder))
    sys.stdout.write(f"{ledger.table()}\n")
    return 0 if ledger.agrees else 1


if __name__ == "__main__":
    sys.exit(main())
