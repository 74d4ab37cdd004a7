"""Where the tests find real files with known answers, and vectors of others."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("HIGHGROUND_SHARED", ROOT.parent / "shared"))
DATA = SHARED / "data"
VECTORS = SHARED / "vectors"
