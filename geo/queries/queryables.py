"""What a filter may ask of a place."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Text,
    and_,
    any_,
    case,
    cast,
    false,
    func,
    null,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from core.country import country
from core.cql import (
    Condition,
    Drawn,
    Kind,
    Lookup,
    Measured,
    Plan,
    Source,
    Sourced,
    Term,
    Terms,
)
from core.words import _
from geo.models.areas import Area
from geo.models.exposure import Exposure, ExposureDue
from geo.models.locations import Location
from geo.models.releases import Direction, Release
from geo.permissions import May
from geo.queries.clauses import ASKABLE, places_in
from geo.queries.distances import any_feature, metres_to, near
from geo.queries.exposure import IN, OUT, status_at
from geo.queries.latest import NOT_TOLD, Told, latest_of

SOURCES = "place_source"  # the list of how places are known
LEVELS = range(6)  # of areas that a filter may name; countries have three to five


def area_terms(area_id: ColumnElement[Any] | Any) -> Terms:
    """Terms on a row's area: every area above it counts as well, so a province finds its villages.

    `area_id` is the column of the row that holds the key of its leaf area.
    """
    inner, outer = aliased(Area), aliased(Area)

    def among(asked: Condition) -> Condition:
        below = inner.path.contains(array([outer.id]))
        found: Condition = area_id.in_(select(inner.id).join(outer, below).where(asked))
        return found

    def inside(pcodes: Sequence[str]) -> Condition:
        return among(outer.pcode.in_(pcodes))

    return {
        "pcode": Term(
            outer.pcode, Kind.TEXT, _("P-code of the area or of one above it"), among=among
        ),
        **{f"level_{level}_pcode": _at_level(area_id, level) for level in LEVELS},
        "area_name": Term(
            outer.name, Kind.TEXT, _("Name of the area or of one above it"), among=among
        ),
        "area_in": Lookup(inside, _("In one of these areas, by P-code")),
    }


def _at_level(area_id: ColumnElement[Any] | Any, level: int) -> Term:
    """The P-code of the area above a row's that is of one level."""
    inner, outer = aliased(Area), aliased(Area)

    def among(asked: Condition) -> Condition:
        above = and_(outer.id == inner.path[level + 1], asked)
        found: Condition = area_id.in_(select(inner.id).join(outer, above))
        return found

    said = _("P-code of its area of level {level}; 0 is the country", level=level)
    return Term(outer.pcode, Kind.TEXT, said, among=among)


def terms_of_areas() -> Terms:
    """The terms of a filter over areas, for a query of Area."""
    above = aliased(Area)
    trail = select(func.array_agg(above.pcode)).where(above.id == any_(Area.path))
    return {
        "geometry": Term(Area.shape, Kind.GEOMETRY, _("Its shape")),
        "pcode": Term(Area.pcode, Kind.TEXT, _("P-code")),
        "name": Term(Area.name, Kind.TEXT, _("Name")),
        "level": Term(Area.level, Kind.NUMBER, _("Level: 0 is the country")),
        "km2": Term(Area.km2, Kind.NUMBER, _("Square kilometres")),
        "valid_from": Term(Area.valid_from, Kind.DATE, _("In force since")),
        "trail": Term(
            trail.correlate(Area).scalar_subquery(),
            Kind.LIST,
            _("P-codes of the areas it lies in, and its own"),
        ),
        "area_in": area_terms(Area.id)["area_in"],
    }


def place_terms(location_id: ColumnElement[Any] | Any, latest: Told = NOT_TOLD) -> Terms:
    """Terms on the place of a row, and on what releases say of it: for who may see exact places.

    `location_id` is the column of the row, of another table than `locations`, that holds its key.
    """

    def among(asked: Condition) -> Condition:
        found: Condition = location_id.in_(select(Location.id).where(asked))
        return found

    def value(asked: Sequence[Any]) -> Drawn:
        key = ("hazard", int(asked[0]))
        return lambda plan: _said_of(plan, key, location_id, _value())

    def metres(asked: Sequence[Any]) -> Measured:
        what, number = str(asked[0]), int(asked[1])
        told = metres_to(location_id, what, number)
        return Measured(lambda _plan: told, partial(_within, location_id, what, number))

    exact = May.EXACT_LOCATIONS
    return {
        "place": Term(Location.point, Kind.GEOMETRY, _("Where it stands"), exact, among),
        "distance_to": Lookup(
            metres,
            _("Metres to the nearest feature of a 'layer', or of the extent of a 'release'"),
            exact,
            Kind.NUMBER,
            (Kind.TEXT, Kind.NUMBER),
        ),
        "hazard": Lookup(
            value, _("What a release says of its place"), exact, Kind.NUMBER, (Kind.NUMBER,)
        ),
        **_exposure_terms(location_id, latest),
    }


def _exposure_terms(location_id: ColumnElement[Any] | Any, latest: Told) -> Terms:
    """What a release says of a place, asked by its number, or as the latest one by name."""

    def status(asked: Sequence[Any]) -> Drawn:
        key = ("hazard_status", int(asked[0]), float(asked[1]))
        return lambda plan: _said_of(plan, key, location_id, _status(key[2]))

    def surely_status(asked: Sequence[Any], said: Any) -> Condition | None:
        return _among(int(asked[0]), float(asked[1])) if said == IN else None

    def named(asked: Sequence[Any]) -> tuple[int, float | None]:
        event, layer, *rest = asked
        threshold = float(rest[0]) if rest else None
        return latest_of(event, layer, threshold, latest).release_id, threshold

    def exposed(asked: Sequence[Any]) -> Drawn:
        release_id, threshold = named(asked)
        key = ("hazard_status", release_id, threshold)
        return lambda plan: _surely(_said_of(plan, key, location_id, status_at(threshold)))

    def _among(release_id: int, threshold: float | None) -> Condition:
        wet = places_in(release_id, threshold).cte().prefix_with("materialized")
        found: Condition = location_id.in_(select(wet.c.location_id))
        return found

    return {
        "hazard_status": Lookup(
            status,
            _("in, out or not_observed, by a release and a threshold"),
            May.EXACT_LOCATIONS,
            Kind.TEXT,
            (Kind.NUMBER, Kind.NUMBER),
            surely=surely_status,
        ),
        "exposed": Lookup(
            exposed,
            _("Stands in the latest release of an 'event' and its 'layer', from a threshold on"),
            May.EXACT_LOCATIONS,
            takes=(Kind.TEXT, Kind.TEXT, Kind.NUMBER),
            spare=1,
            surely=lambda asked, _said: _among(*named(asked)),
        ),
    }


def place_quality_terms(location_id: ColumnElement[Any] | Any, permission: str) -> Terms:
    """Terms on how well the place of a row is known; they tell nobody where it is.

    `location_id` is as in `place_terms`, `permission` what is needed to know of a single row.
    """

    def stood() -> Source:
        at = select(
            Location.id,
            Location.lon.is_not(None).label("known"),
            cast(Location.source, Text).label("source"),
            Location.accuracy_m,
            _day_of(Location.taken_at).label("taken_on"),
        ).subquery("stood")
        return at, at.c.id == location_id

    def said(column: str) -> Drawn:
        return lambda plan: plan.source("stood", stood).c[column]

    def has_point(plan: Plan) -> ColumnElement[bool]:
        return func.coalesce(said("known")(plan), false())

    source = _("How its place is known")
    taken = _("Day its place was taken")
    return {
        "place_known": Sourced(has_point, Kind.FLAG, _("Its place is a point"), permission),
        "place_source": Sourced(said("source"), Kind.TEXT, source, permission, words=SOURCES),
        "place_accuracy": Sourced(
            said("accuracy_m"), Kind.NUMBER, _("Accuracy of its point in metres"), permission
        ),
        "place_taken_on": Sourced(said("taken_on"), Kind.DATE, taken, permission),
    }


def _day_of(moment: Any) -> ColumnElement[Any]:
    """The day of a moment in the country's time zone."""
    return cast(func.timezone(country().timezone, moment), Date)


def _surely(status: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a place is in; NULL of one of which that is not sure, or that was not observed."""
    return case((status == IN, true()), (status == OUT, false()))


def _within(
    location_id: ColumnElement[Any] | Any,
    what: str,
    number: int,
    plan: Plan,
    metres: float,
    strictly: bool,
) -> ColumnElement[bool]:
    """Whether a place is that near to a feature; NULL where it has no point or there is none."""

    def found() -> Source:
        places = near(what, number, metres, strictly=strictly).subquery()
        return places, places.c.id == location_id

    def pointed() -> Source:
        places = select(Location.id).where(Location.lon.is_not(None)).subquery()
        return places, places.c.id == location_id

    is_near = plan.source(("near", what, number, metres, strictly), found).c.id.is_not(None)
    has_point = plan.source("pointed", pointed).c.id.is_not(None)
    return case((and_(has_point, any_feature(what, number)), is_near))


def _said_of(
    plan: Plan,
    key: tuple[Any, ...],
    location_id: ColumnElement[Any] | Any,
    asked: ColumnElement[Any],
) -> ColumnElement[Any]:
    """What a release, the second of the key, says of a place; NULL where there is no place, or no
    such release in use."""

    def made() -> Source:
        release_id = key[1]
        exposed = and_(Exposure.release_id == release_id, Exposure.location_id == Location.id)
        due = and_(ExposureDue.release_id == release_id, ExposureDue.location_id == Location.id)
        said = (
            select(Location.id.label("location_id"), asked.label("said"))
            .select_from(Location)
            .join(Release, Release.id == release_id)
            .outerjoin(Exposure, exposed)
            .outerjoin(ExposureDue, due)
            .where(Location.lon.is_not(None), Release.state.in_(ASKABLE))
            .subquery()
        )
        return said, said.c.location_id == location_id

    return plan.source(key, made).c.said


def _value() -> ColumnElement[Any]:
    return case((ExposureDue.location_id.is_(None), Exposure.value))


def _status(threshold: float) -> ColumnElement[Any]:
    """The status at a threshold; NULL beyond the release's floor, where values were not kept."""
    floor = case(
        (Release.direction == Direction.AT_LEAST, Release.floor - threshold),
        else_=threshold - Release.floor,
    )
    return case((floor > 0, null()), else_=status_at(threshold))
