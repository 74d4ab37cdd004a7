"""A new map of the made country, that follows the one of `tests.make.geo`."""

from datetime import date

import shapely

from geo.vector.boundaries import Boundaries, Boundary

DISTRICTS = {  # of the new map: X11 is divided, X12 has another code, X21 and X22 are one
    "X13": ("X1", (0, 0, 1, 1)),
    "X14": ("X1", (0, 1, 1, 2)),
    "X19": ("X1", (1, 0, 2, 2)),
    "X20": ("X2", (2, 0, 4, 2)),
}
PROVINCES = {"X1": (0, 0, 2, 2), "X2": (2, 0, 4, 2)}


def new_map(version: str = "v2") -> Boundaries:
    """The new map of the made country."""

    def shape(box: tuple[float, float, float, float]) -> shapely.MultiPolygon:
        return shapely.MultiPolygon([shapely.box(*box)])

    country = [Boundary(0, "X", "Karsa", None, None, shape((0, 0, 4, 2)))]
    provinces = [
        Boundary(1, code, f"Area {code}", None, "X", shape(box)) for code, box in PROVINCES.items()
    ]
    districts = [
        Boundary(2, code, f"Area {code}", None, above, shape(box))
        for code, (above, box) in DISTRICTS.items()
    ]
    return Boundaries(version, date(2026, 11, 1), [*country, *provinces, *districts])
