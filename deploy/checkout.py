"""This checkout, and the one folder in it that is written to."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VAR = Path(os.environ.get("HIGHGROUND_VAR", ROOT / "var")).absolute()
OWN, CHECKOUTS = VAR / "debroot", ROOT / "var" / "debroot"
DEBROOT = CHECKOUTS if CHECKOUTS.exists() and not OWN.exists() else OWN
"""Debian packages unpacked without root."""
