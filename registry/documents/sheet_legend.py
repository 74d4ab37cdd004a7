"""The legend of a situation map: what its colours, hatches, circles and lines stand for."""

from markupsafe import Markup

from core.words import _, counted, figure_said
from registry.counting.cells import FEWEST
from registry.documents.sheet import Hazard, Sheet
from registry.documents.sheet_map import radius
from registry.documents.sheet_words import joined

LEGEND = Markup('<section class="legend" aria-label="{name}">{hazard}{people}{lines}</section>')
HAZARD = Markup(
    '<div><h2>{measure}</h2><p>{observed}</p><div class="ramp">{classes}</div>{unseen}</div>'
)
CLASS = Markup('<span style="--c:var({token})">{words}</span>')
PEOPLE = Markup('<div><h2>{title}</h2><div class="circles">{sizes}</div>{keys}</div>')
SIZE = Markup(
    '<span><svg viewBox="-16 -16 32 32" width="32" height="32" aria-hidden="true">'
    '<circle class="ring" r="{radius}"/></svg>{words}</span>'
)
KEY = Markup('<p class="key"><svg viewBox="0 0 18 12" aria-hidden="true">{mark}</svg>{words}</p>')
DISC = Markup(
    '<circle class="ring" cx="9" cy="6" r="5.5"/><circle class="disc" cx="9" cy="6" r="4"/>'
)
UNSEEN = Markup('<circle class="ring unseen" cx="9" cy="6" r="4.5"/>')
HATCH = Markup('<rect class="unseen" x=".5" y=".5" width="17" height="11"/>')
LINE = Markup('<path class="{kind}" d="M1 6h16"/>')
LINES = Markup("<div>{keys}</div>")


def legend(sheet: Sheet) -> Markup:
    """The legend of what is on this map."""
    return LEGEND.format(
        name=_("Legend"),
        hazard=_hazard(sheet.hazard) if sheet.hazard else "",
        people=_people(sheet) if sheet.cells else "",
        lines=LINES.format(keys=_lines(sheet)),
    )


def _hazard(hazard: Hazard) -> Markup:
    classes = (CLASS.format(token=token, words=words) for words, token in hazard.classes)
    unseen = KEY.format(mark=HATCH, words=_("Not observed: cloud, or outside the image"))
    return HAZARD.format(
        measure=hazard.measure, observed=hazard.observed, classes=joined(classes), unseen=unseen
    )


def _people(sheet: Sheet) -> Markup:
    most = sheet.cells[0].n
    sizes = (SIZE.format(radius=radius(n, most), words=figure_said(n)) for n in _sizes(most))
    keys = [KEY.format(mark=DISC, words=_("of them, in"))]
    if any(cell.unseen * 2 > cell.n for cell in sheet.cells):
        keys.append(KEY.format(mark=UNSEEN, words=_("most of them not observed")))
    title = _("Households that live near one another")
    return PEOPLE.format(title=title, sizes=joined(sizes), keys=joined(keys))


def _sizes(most: int) -> list[int]:
    """Round figures to show circles of: the fewest drawn, and up to two larger ones."""
    rounds = [first * 10**zeros for zeros in range(9) for first in (1, 2, 5)]
    large = max((n for n in rounds if n <= most), default=FEWEST)
    middle = max((n for n in rounds if n <= large / 4), default=FEWEST)
    return sorted({FEWEST, max(middle, FEWEST), max(large, FEWEST)})


def _lines(sheet: Sheet) -> Markup:
    keys = []
    if sheet.question:
        keys.append(KEY.format(mark=LINE.format(kind="question"), words=sheet.question_said))
    if sheet.without:
        keys.append(KEY.format(mark=LINE.format(kind="without"), words=_("taken out of it")))
    areas = len(sheet.ground.areas)
    said = counted("border of {count} area", "borders of {count} areas", areas)
    return joined([*keys, KEY.format(mark=LINE.format(kind="area"), words=said)])
