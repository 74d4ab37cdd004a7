"""Whether the greatest value of a file can be true in the unit it is said to have."""

from core.words import _, figure_said
from geo.measures import MEASURES, RAIN, SHAKING, WATER_DEPTH, WIND

# The most that stands or blows where people live; rain of a storm, in all (La Reunion, 2007: 5.5 m
# in ten days, 1.8 m in one; Hagibis 2019: 1 m).
MOST: dict[str, dict[str, float]] = {
    WATER_DEPTH: {"m": 20.0, "dm": 200.0, "cm": 2000.0, "ft": 20 / 0.3048},
    WIND: {"m/s": 110.0, "km/h": 396.0, "kt": 110 * 3600 / 1852},
    SHAKING: {"MMI": 12.0},
    RAIN: {"mm": 6000.0},
}


def doubt(measure: str | None, most: float) -> str:
    """What is to be said of the units of a measure whose greatest value this is; nothing where it
    can be true in each."""
    limits = MOST.get(measure or "", {})
    unlikely = [unit for unit, limit in limits.items() if most > limit]
    likely = [unit for unit in limits if unit not in unlikely]
    if not unlikely:
        return ""
    said = _(
        "{most} {unit} would be more than is ever measured.",
        most=figure_said(most),
        unit=_(unlikely[0]),
    )
    usual = MEASURES[str(measure)][0]
    told = [
        _(
            "In {unit} it is {value} {usual}.",
            unit=_(unit),
            value=figure_said(float(f"{most / limits[unit] * limits[usual]:.3g}")),
            usual=_(usual),
        )
        for unit in likely
    ]
    return " ".join([said, *told])
