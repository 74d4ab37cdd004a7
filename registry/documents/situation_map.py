"""The situation map: one page with map, legend, figures and sources, to print or to send around."""

import base64

from markupsafe import Markup

from core.words import _, current
from registry.documents.contained import (
    POLICY,
    as_it_is,
    as_script,
    checked,
    faces,
    script,
    style,
    svg,
)
from registry.documents.locator import locator
from registry.documents.sheet import Sheet
from registry.documents.sheet_legend import legend
from registry.documents.sheet_map import map_of
from registry.documents.sheet_words import figures, footer, header

SHEETS = ("css/tokens.css", "vendor/leaflet/leaflet.css", "css/answers.css", "css/sheet.css")
SCRIPTS = ("vendor/leaflet/leaflet.js", "js/sheet.js")
PAGE = Markup(
    '<!doctype html>\n<html lang="{lang}" dir="{dir}"><head><meta charset="utf-8">'
    '<meta http-equiv="Content-Security-Policy" content="{policy}">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
    "<style>{style}</style><script>{library}</script></head>\n<body>{body}"
    "<script>{script}\nkeepInView({map}, {settings});</script></body></html>\n"
)
BODY = Markup(
    '{header}<main><section class="map" aria-label="{name}">{map}{locator}{north}'
    "<noscript><p>{unscripted}</p></noscript></section>"
    '<aside aria-label="{beside}">{figures}{legend}</aside></main>{footer}{hatch}'
)
NORTH = Markup(
    '<div class="north" aria-hidden="true"><svg viewBox="0 0 20 24">'
    '<path d="M10 1 16 21 10 17 4 21z"/></svg>{letter}</div>'
)
LOGO = Markup('<img src="data:image/png;base64,{data}" alt="">')
HATCH = Markup(
    '<svg class="defs" aria-hidden="true"><defs><pattern id="hatch" width="7" height="7" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7"/>'
    '<path d="M0 0v7"/></pattern></defs></svg>'
)


def page_of(sheet: Sheet) -> str:
    """The page as one HTML file that asks nobody for anything.

    Raises:
        LoadsFromElsewhere: it would.
    """
    box, written, name = map_of(sheet)
    body = _body(sheet, box)
    language = current()
    west, south, east, north = sheet.box
    words = {"zoomIn": _("Closer"), "zoomOut": _("Farther")}
    page = PAGE.format(
        lang=language.tag,
        dir=language.direction,
        policy=POLICY,
        title=sheet.title,
        style=as_it_is(faces(_letters(sheet, body)) + style(*SHEETS)),
        library=script(*SCRIPTS),
        body=body,
        script=written,
        map=name,
        settings=as_script({"box": [[south, west], [north, east]], "words": words}),
    )
    return checked(page)


def _mark(logo: bytes | None) -> Markup:
    """The country's logo, else the platform's own mark."""
    if logo is None:
        return svg("img/mark.svg")
    return LOGO.format(data=base64.b64encode(logo).decode())


def _letters(sheet: Sheet, body: Markup) -> str:
    """All that is written on the page; the names on the map are not in its body yet."""
    return "".join([body, *(area.name for area in sheet.ground.areas)])


def _body(sheet: Sheet, box: Markup) -> Markup:
    return BODY.format(
        header=header(sheet, _mark(sheet.brand.logo)),
        name=_("Map"),
        map=box,
        locator=locator(sheet.ground.whole, sheet.box),
        north=NORTH.format(letter=_("N")),
        unscripted=_("The map needs scripts to be drawn; the figures do not."),
        beside=_("Figures and legend"),
        figures=figures(sheet),
        legend=legend(sheet),
        footer=footer(sheet),
        hatch=HATCH,
    )
