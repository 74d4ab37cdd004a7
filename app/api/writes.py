"""What every call that changes something carries."""

from typing import Any

ACT_KEY: dict[str, Any] = {
    "in": "header",
    "name": "Act-Key",
    "required": True,
    "description": "A key of the call's own: sent again with it, the call is done once.",
    "schema": {"type": "string", "format": "uuid"},
}
