"""Where the tests find what is not ours: real files with known answers, and other people's vectors."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("HIGHGROUND_SHARED", ROOT.parent / "shared"))
DATA = SHARED / "data"
VECTORS = SHARED / "vectors"
