"""Plain grids of depths, intensities and classes: told by their units, their names and codes.

Depth grids of the JRC, GloFAS and national services in metres, wind fields, rain and drought
indices say little of themselves; what their unit or name says is offered, the rest is asked.
"""

import re

from core.words import _
from geo.archives import listed
from geo.measures import DROUGHT, MEASURES, RAIN, SHAKING, WATER_DEPTH, WIND, converted
from geo.products.meaning import Recognition
from geo.products.moments import stamped
from geo.products.parts import Part, PartKind
from geo.products.specimen import Specimen

UNITS = {
    "m s-1": "m/s", "m s**-1": "m/s", "m/s": "m/s", "km/h": "km/h", "kt": "kt", "kn": "kt",
    "knots": "kt", "mm": "mm", "kg m-2": "mm", "kg m**-2": "mm", "m": "m", "metre": "m",
    "metres": "m", "meters": "m", "dm": "dm", "cm": "cm", "ft": "ft", "feet": "ft",
}  # fmt: skip
WORDS: tuple[tuple[str, str], ...] = (
    (r"depth|flddph|inundat|hmax|water_level|floodmapgl|_wd_|tirant|profond", WATER_DEPTH),
    (r"wind|gust|vmax", WIND),
    (r"spi_?\d|spei|drought|vhi\b", DROUGHT),
    (r"\bmmi\b|_mmi|intensity|shak", SHAKING),
    (r"rain|precip|\bpr\b|chirps|imerg", RAIN),
)
FLOOD = re.compile(r"^(?!.*(frac|frc|extent|mask|prob)).*flood")  # many values: depths, not classes
DEEPEST = 20.0  # m of water that stand on any ground people live on
MOST_CLASSES = 32


def recognise(specimen: Specimen) -> Recognition | None:
    """Know what a single grid measures by its unit and names, or else that it holds classes."""
    usable = [part for part in specimen.grids if part.kind is PartKind.GRID]
    if len(usable) != 1 or usable[0] not in specimen.of.hazards:
        return None
    part = usable[0]
    measure, unit = _measure(specimen, part)
    codes = specimen.codes(part)
    classes = 1 < len(codes) <= MOST_CLASSES and all(code == int(code) for code in codes)
    if measure is None and not classes and FLOOD.search(specimen.named(part)):
        measure = WATER_DEPTH
    if measure is None and not classes:
        return None
    at, day_only = stamped(specimen.called(part))
    return Recognition(
        product=f"grid-{(measure or 'classes').lower().replace(' ', '-')}",
        title=_(measure) if measure else _("Classes"),
        part=part,
        measure=measure,
        unit=unit,
        direction="at_most" if measure == DROUGHT else "at_least",
        observed_rule="cells",
        observed_at=at,
        day_only=day_only,
        says=tuple(_about(specimen, part, measure, unit, codes if classes else {})),
    )


def _measure(specimen: Specimen, part: Part) -> tuple[str | None, str | None]:
    """What the names of a grid say it measures, and its unit if it declares a known one."""
    named, unit = specimen.named(part), UNITS.get((part.unit or "").strip().lower())
    for words, measure in WORDS:
        if re.search(words, named):
            unit = "MMI" if measure == SHAKING and "mmi" in named else unit
            return measure, unit if unit in MEASURES[measure] else None
    meant = [measure for measure, units in MEASURES.items() if unit in units]
    return (meant[0], unit) if unit in ("m/s", "km/h", "kt") and meant else (None, None)


def _about(
    specimen: Specimen, part: Part, measure: str | None, unit: str | None, codes: dict[float, int]
) -> list[str]:
    says = []
    if measure and unit is None:
        says.append(_("It does not declare its unit; say which it is."))
    if codes:
        found = listed([f"{code:g} ({count:,})" for code, count in sorted(codes.items())])
        says.append(_("It holds few whole numbers, as classes do: {codes}.", codes=found))
    metres = unit or "m"
    highest = converted(specimen.highest(part), metres, "m") if measure == WATER_DEPTH else 0.0
    if highest > DEEPEST:
        says.append(
            _(
                "Its deepest water is {depth} m, more than stands anywhere: check the unit.",
                depth=f"{highest:.1f}",
            )
        )
    return says
