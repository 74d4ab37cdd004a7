"""Where to go on to after a page that stood in between."""

from urllib.parse import urlsplit

from flask import request


def onward() -> str:
    """The address the form says to go on to, if it is one of ours; else the first page."""
    address = request.values.get("next", "")
    parts = urlsplit(address)
    ours = not parts.scheme and not parts.netloc and address.startswith("/")
    return address if ours and not address.startswith("//") and "\\" not in address else "/"
