"""The letters everything is named in, and the pages that show it."""

from typing import Any

GREEK = "Ωρου"
Rows = list[tuple[str, dict[str, Any]]]  # endpoint, and the arguments of its address
