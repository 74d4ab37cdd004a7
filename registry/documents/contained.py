"""Self-contained pages: every style, script, font and picture is written into the file itself."""

import base64
import json
import mimetypes
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from markupsafe import Markup

from core.settings import ROOT

STATIC = ROOT / "static"
REFERS = re.compile(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)")
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data:; font-src data:; form-action 'none'; base-uri 'none'"
)
FACE = re.compile(r"@font-face \{[^}]+\}")
OWN = re.compile(r"font-family: (?:Inter|\"Noto Sans Arabic\");")
RANGE = re.compile(r"U\+([0-9A-F]+(?:-[0-9A-F]+)?)")
TOKEN = re.compile(r"(--[\w-]+):\s*(#[0-9a-f]{3}(?:[0-9a-f]{3})?)\b")
LOADED = frozenset({"src", "srcset", "data", "poster", "action", "background"})  # by a browser


class LoadsFromElsewhere(AssertionError):
    """A page that should stand alone would ask another place; this is a fault of the platform."""


def style(*sheets: str) -> str:
    """Style sheets of ours, by their paths below static/, with all they refer to."""
    return "\n".join(_held(STATIC / sheet, (STATIC / sheet).read_text()) for sheet in sheets)


def faces(text: str) -> str:
    """The typefaces of the pages, those alone whose letters a text has."""
    path = STATIC / "css" / "fonts.css"
    wanted = [face for face in FACE.findall(path.read_text()) if _writes(face, set(text))]
    return _held(path, "\n".join(wanted))


def script(*paths: str) -> Markup:
    """Scripts of ours, fit to stand between script tags."""
    whole = "\n".join((STATIC / path).read_text() for path in paths)
    return as_it_is(whole.replace("</script", "<\\/script"))


def as_script(value: object) -> Markup:
    """A value as a script writes it, fit to stand between script tags."""
    return as_it_is(json.dumps(value).replace("<", "\\u003c"))


def svg(path: str) -> Markup:
    """A picture of ours, to stand in the page itself."""
    return as_it_is((STATIC / path).read_text().strip())


def as_it_is(text: str) -> Markup:
    """Text of our own making that stands in the page unchanged: nobody's words are in it raw."""
    return Markup(text)  # noqa: S704


@cache
def colours() -> dict[str, str]:
    """The colours of the pages by token, as #rgb or #rrggbb, for what reads no custom property."""
    tokens = TOKEN.findall((STATIC / "css" / "tokens.css").read_text())
    return dict(reversed(tokens))  # the first of each: the later ones are those of print


def png_uri(body: bytes) -> str:
    """A picture as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(body).decode()}"


def checked(page: str) -> str:
    """The page, once it is clear that opening it asks nobody for anything.

    Raises:
        LoadsFromElsewhere: it names an address that a browser would fetch.
    """
    found = _Addresses()
    found.feed(page)
    if elsewhere := [a for a in found.addresses if not a.startswith(("data:", "#"))]:
        raise LoadsFromElsewhere(*elsewhere)
    return page


class _Addresses(HTMLParser):
    """Gathers every address that a browser would fetch to show a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_style = tag == "style"
        for name, value in attrs:
            if name in LOADED or (name == "href" and tag in ("link", "base", "use", "image")):
                self.addresses.append(value or "")
            if name == "style":
                self.addresses += REFERS.findall(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.in_style = False

    def handle_data(self, data: str) -> None:
        if self.in_style:
            self.addresses += REFERS.findall(data)
            self.addresses += re.findall(r"@import\s+['\"]([^'\"]+)", data)


def _held(path: Path, sheet: str) -> str:
    """A style sheet with the files it refers to, from its own folder, written into it."""

    def held(found: re.Match[str]) -> str:
        if found[1].startswith(("data:", "#")):
            return found[0]
        return f"url({_uri((path.parent / found[1]).resolve())})"

    return REFERS.sub(held, sheet)


def _writes(face: str, letters: set[str]) -> bool:
    """Whether a face of the pages' own family has any of these letters."""
    if not OWN.search(face):
        return False
    spans = (span.partition("-") for span in RANGE.findall(face))
    bounds = [(int(first, 16), int(last or first, 16)) for first, _dash, last in spans]
    return any(first <= ord(letter) <= last for letter in letters for first, last in bounds)


def _uri(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
