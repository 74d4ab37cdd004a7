"""Whether the greatest value of a file can be true in the unit it is said to have."""

from core.words import _, figure_said
from geo.measures import MEASURES, RAIN, SHAKING, WATER_DEPTH, WIND, converted

# The most that stands, blows, shakes or falls where people live, in the usual unit of each. Rain is
# that of a storm in all: 6.1 m fell in fifteen days on La Reunion in 1980, the most ever measured.
MOST = {WATER_DEPTH: 20.0, WIND: 110.0, SHAKING: 12.0, RAIN: 6_100.0}


def most_in(measure: str | None, unit: str | None) -> float | None:
    """The most that is believed of a measure, in a unit; None where nothing is known of it."""
    if measure not in MOST or unit not in MEASURES[measure]:
        return None
    return converted(MOST[measure], MEASURES[measure][0], unit)


def doubt(measure: str | None, most: float) -> str:
    """What is to be said of the units of a measure whose greatest value this is; nothing where it
    can be true in each."""
    if measure not in MOST:
        return ""
    usual, *_others = MEASURES[measure]
    likely = [unit for unit in MEASURES[measure] if converted(most, unit, usual) <= MOST[measure]]
    unlikely = [unit for unit in MEASURES[measure] if unit not in likely]
    if not unlikely:
        return ""
    said = _(
        "{most} {unit} would be more than is ever measured.",
        most=figure_said(most),
        unit=_(unlikely[0]),
    )
    told = [
        _(
            "In {unit} it is {value} {usual}.",
            unit=_(unit),
            value=figure_said(float(f"{converted(most, unit, usual):.3g}")),
            usual=_(usual),
        )
        for unit in likely
    ]
    return " ".join([said, *told])
