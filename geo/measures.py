"""What hazard files measure, and the units each may come in; the first one is the usual."""

WATER_DEPTH = "Water depth"
FLOODED = "Flooded"
WIND, SHAKING, RAIN = "Wind speed", "Shaking intensity", "Rainfall"
DROUGHT, SEVERITY = "Drought index", "Forecast severity"
EVER, DAYS, DISTANCE = "Ever hit", "Days hit", "Distance"

MEASURES: dict[str, tuple[str, ...]] = {
    WATER_DEPTH: ("m", "dm", "cm", "ft"),
    FLOODED: (),
    WIND: ("m/s", "km/h", "kt"),
    SHAKING: ("MMI",),
    RAIN: ("mm",),
    DROUGHT: ("index",),
    SEVERITY: ("index",),
    EVER: (),
    DAYS: ("days",),
    DISTANCE: ("km",),
}

# How many of the usual unit one of each is. A foot is that of 1959, a knot a nautical mile an hour.
FACTORS = {
    "m": 1.0,
    "dm": 0.1,
    "cm": 0.01,
    "ft": 0.3048,
    "m/s": 1.0,
    "km/h": 1 / 3.6,
    "kt": 1852 / 3600,
}


def units_beside(unit: str) -> tuple[str, ...]:
    """The units in which what is measured in one can be said as well, that one first."""
    same = next((units for units in MEASURES.values() if unit in units), (unit,))
    return unit, *(other for other in same if other != unit)


def converted(value: float, unit: str, into: str) -> float:
    """A value in another unit of the same measure."""
    if unit == into:
        return value
    return value * FACTORS[unit] / FACTORS[into]


def read_in(text: str, unit: str) -> float:
    """The number of a text such as 0.5, 89km/h or 48 kt, in a unit.

    Raises:
        ValueError: it is no number, or its unit measures something else.
    """
    said = text.strip()
    ends = [other for other in units_beside(unit) if other and said.endswith(other)]
    named = max(ends, key=len, default="")
    return converted(float(said.removesuffix(named)), named or unit, unit)
