"""What a family of products says of a file: what it measures, and what its codes mean."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from geo.products.parts import Part


class Means(StrEnum):
    """What a class of a product says of a place."""

    IN = "in"
    OUT = "out"
    NOT_OBSERVED = "not_observed"
    PERMANENT_WATER = "permanent_water"
    EXCLUDED = "excluded"
    CLOUD = "cloud"


@dataclass(frozen=True)
class ClassOf:
    """One class: a code as the file writes it, or whole numbers from `a` to `b` as `a..b`.

    A place of the class has `value`; where that is None, its code plus `plus`.
    """

    code: str
    label: str
    means: Means
    value: float | None = None
    plus: float = 0.0


def turned(one: ClassOf, means: Means | None) -> ClassOf:
    """A class that means something else; None: its code is the value."""
    if means is None:
        return replace(one, means=Means.IN, value=None, plus=0.0)
    if means is one.means and not is_number(one):
        return one
    values = {Means.IN: 1.0, Means.OUT: 0.0, Means.PERMANENT_WATER: 0.0}
    return replace(one, means=means, value=values.get(means), plus=0.0)


def is_number(one: ClassOf) -> bool:
    """Whether the code of a class is its value."""
    return one.means is Means.IN and one.value is None and not one.plus


@dataclass(frozen=True)
class Recognition:
    """What a family of products says of a file. What is None or empty is asked of the analyst.

    `product` is the key under which the analyst's answers are remembered. `observed`, `water` and
    `excluded` are the parts that say where the product could see (within `bounded`, where it says
    that too), where water always is, and where it cannot tell; `tiles` lie beside `part`.
    `observed_at` has no zone where the product does not tell one; `day_only` says that its hour is
    not known. `says` are sentences for the analyst.
    """

    product: str
    title: str
    part: Part | None = None
    measure: str | None = None
    unit: str | None = None
    direction: str = "at_least"
    floor: float | None = None
    classes: tuple[ClassOf, ...] = ()
    zeros: str = ""
    nodata: tuple[float, ...] = ()
    value_field: str | None = None
    observed_rule: str | None = None
    observed: Part | None = None
    bounded: Part | None = None
    water: Part | None = None
    excluded: Part | None = None
    tiles: tuple[Part, ...] = ()
    observed_at: datetime | None = None
    day_only: bool = False
    forecast: bool = False
    source: str = ""
    licence: str = ""
    says: tuple[str, ...] = ()
