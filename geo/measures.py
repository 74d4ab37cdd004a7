"""What hazard files measure, and the units each may come in; the first one is the usual."""

WATER_DEPTH = "Water depth"
FLOODED = "Flooded"

MEASURES: dict[str, tuple[str, ...]] = {
    WATER_DEPTH: ("m", "dm", "cm", "ft"),
    FLOODED: (),
    "Wind speed": ("m/s", "km/h", "kt"),
    "Shaking intensity": ("MMI",),
    "Rainfall": ("mm",),
    "Drought index": ("index",),
}
