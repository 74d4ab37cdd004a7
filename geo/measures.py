"""What hazard files measure, and the units each may come in; the first one is the usual."""

WATER_DEPTH = "Water depth"
FLOODED = "Flooded"
WIND, SHAKING, RAIN = "Wind speed", "Shaking intensity", "Rainfall"
DROUGHT, SEVERITY = "Drought index", "Forecast severity"

MEASURES: dict[str, tuple[str, ...]] = {
    WATER_DEPTH: ("m", "dm", "cm", "ft"),
    FLOODED: (),
    WIND: ("m/s", "km/h", "kt"),
    SHAKING: ("MMI",),
    RAIN: ("mm",),
    DROUGHT: ("index",),
    SEVERITY: ("index",),
}
