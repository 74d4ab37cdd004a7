"""Icons: Lucide drawings, written into the page so that they take its colour without a request."""

import json
from functools import cache
from pathlib import Path

from markupsafe import Markup

DRAWINGS = Path(__file__).parents[2] / "static" / "vendor" / "lucide" / "icons.json"
FRAME = Markup('<svg class="{cls}" viewBox="0 0 24 24" aria-hidden="true">{shapes}</svg>')


def icon(name: str, cls: str = "i") -> Markup:
    """The drawing of a Lucide icon as inline SVG, hidden from screen readers.

    A page names the thing in words beside it. Raises KeyError for an icon that is not vendored
    (static/vendor/ICONS lists those that are).
    """
    return FRAME.format(cls=cls, shapes=_drawings()[name])


@cache
def _drawings() -> dict[str, Markup]:
    """Name -> the shapes inside the icon's SVG, as vendored."""
    drawings = json.loads(DRAWINGS.read_text())
    return {name: Markup(shapes) for name, shapes in drawings.items()}  # noqa: S704 - vendored
