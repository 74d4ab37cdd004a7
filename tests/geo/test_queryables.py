"""What a filter may ask of areas and places; answers counted by hand in the made country."""

import pytest
from geoalchemy2.shape import from_shape
from shapely import Point, box, transform
from sqlalchemy import column, select, values
from sqlalchemy import types as sql
from sqlalchemy.orm import Session

from core.actor import Actor
from core.cql import TermNotYours, asked, condition
from core.cql.shapes import ShapeTooLarge, ShapeUnreadable
from geo.models.areas import Area
from geo.models.context import ContextFeature, ContextLayer
from geo.models.releases import ReleasePart, ReleaseState
from geo.queries.distances import NoDistanceTo
from geo.queries.queryables import place_terms, terms_of_areas
from tests.make.exposure import make_due, make_exposure
from tests.make.geo import make_country, make_event, make_release
from tests.make.registry import make_location


def _areas(session: Session, written: str, actor: Actor) -> set[str]:
    said = condition(written, terms_of_areas(), actor=actor)
    return set(session.scalars(select(Area.pcode).where(said)))


ALL = {"X", "X1", "X2", "X11", "X12", "X21", "X22"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("S_INTERSECTS(geometry, POINT(0.5 1))", {"X", "X1", "X11"}),
        ("S_INTERSECTS(geometry, BBOX(0.2, 0.2, 1.2, 0.4))", {"X", "X1", "X11", "X12"}),
        ("S_INTERSECTS(geometry, BBOX(3.5, 0, -170, 2))", {"X", "X2", "X22"}),
        ("S_WITHIN(geometry, BBOX(0, 0, 2, 2))", {"X1", "X11", "X12"}),
        ("S_CONTAINS(geometry, LINESTRING(0.5 1, 1.5 1))", {"X", "X1"}),
        ("S_CONTAINS(geometry, POINT(1 1))", {"X", "X1"}),  # on the border of X11 and X12
        ("S_TOUCHES(geometry, POLYGON((1 0, 2 0, 2 2, 1 2, 1 0)))", {"X11", "X2", "X21"}),
        ("S_OVERLAPS(geometry, BBOX(0.5, 0, 2, 2))", {"X11"}),
        ("S_CROSSES(LINESTRING(-1 1, 0.5 1), geometry)", {"X", "X1", "X11"}),
        ("S_EQUALS(geometry, POLYGON((2 0, 3 0, 3 2, 2 2, 2 0)))", {"X21"}),
        ("S_DISJOINT(geometry, BBOX(2.5, 0, 9, 9))", {"X1", "X11", "X12"}),
        (
            "S_WITHIN(geometry, MULTIPOLYGON(((0 0,1 0,1 2,0 2,0 0)),((3 0,4 0,4 2,3 2,3 0))))",
            {"X11", "X22"},
        ),
        (
            "S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(0.5 1), POINT(3.5 1)))",
            {"X", "X1", "X11", "X2", "X22"},
        ),
        (
            "S_INTERSECTS(geometry, POLYGON((0.2 0.2, 0.8 0.8, 0.8 0.2, 0.2 0.8, 0.2 0.2)))",
            {"X", "X1", "X11"},
        ),
        ("S_WITHIN(geometry, BBOX(0, 0, 2, 2)) AND level = 2", {"X11", "X12"}),
        ("A_CONTAINS(trail, ('X2'))", {"X2", "X21", "X22"}),
        ("A_OVERLAPS(trail, ('X11', 'X22', 'Q'))", {"X11", "X22"}),
        ("A_CONTAINEDBY(trail, ('X', 'X1', 'X2'))", {"X", "X1", "X2"}),
        ("A_EQUALS(trail, ('X1', 'X'))", {"X1"}),
        ("area_in('X1') AND level > 1", {"X11", "X12"}),
        ("geometry IS NOT NULL", ALL),
        (
            '{"op": "s_within", "args": [{"property": "geometry"}, {"bbox": [0, 0, 0, 1, 2, 9]}]}',
            {"X11"},
        ),
    ],
)
def test_a_filter_means_the_areas_it_describes(
    session: Session, anybody: Actor, written: str, meant: set[str]
) -> None:
    make_country(session)

    assert _areas(session, written, anybody) == meant


def test_a_shape_of_a_filter_is_put_where_its_reference_system_says(
    session: Session, anybody: Actor
) -> None:
    make_country(session)
    turned = condition(
        "S_INTERSECTS(geometry, POINT(1.9 3.5))",  # latitude before longitude
        terms_of_areas(),
        actor=anybody,
        placed=lambda shape: transform(shape, lambda at: at[:, ::-1]),
    )

    assert set(session.scalars(select(Area.pcode).where(turned))) == {"X", "X2", "X22"}


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))", ShapeUnreadable),
        ('{"op": "s_within", "args": [{"property": "geometry"}, {"bbox": [1]}]}', ShapeUnreadable),
        (f"S_WITHIN(geometry, LINESTRING({', '.join(['0 0', '1 1'] * 5_001)}))", ShapeTooLarge),
    ],
)
def test_a_shape_that_cannot_be_meant_is_refused(
    anybody: Actor, written: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        condition(written, terms_of_areas(), actor=anybody)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("S_INTERSECTS(place, BBOX(0, 0, 1, 1))", {"wet", "dry"}),
        ("S_DISJOINT(place, BBOX(0, 0, 1, 1))", {"unseen", "waiting", "far"}),
        ("hazard({r}) >= 0.5", {"wet"}),
        ("hazard({r}) IS NULL", {"dry", "unseen", "waiting", "far", "nowhere"}),
        ("hazard_status({r}, 0.5) = 'in'", {"wet"}),
        ("hazard_status({r}, 0.8) = 'out'", {"wet", "dry"}),
        ("hazard_status({r}, 0.5) = 'not_observed'", {"unseen", "waiting", "far"}),
        ("hazard_status({r}, 0.5) IS NULL", {"nowhere"}),
        ("hazard_status({r}, 0.05) IS NULL", {"wet", "dry", "unseen", "waiting", "far", "nowhere"}),
        (
            "hazard_status(999999, 0.5) IS NULL OR hazard({w}) > 0",
            {"wet", "dry", "unseen", "waiting", "far", "nowhere"},
        ),
        ("hazard({w}) > 0", set()),
    ],
)
def test_a_filter_asks_releases_about_places(
    session: Session, anybody: Actor, written: str, meant: set[str]
) -> None:
    """The release has the box 0..4, 0..2, a floor of 0.1 and says 0.7 of *wet*."""
    area = make_country(session)["X11"]
    release = make_release(session, floor=0.1)
    other = make_event(session, "Flood of the Asha")
    withdrawn = make_release(session, other, state=ReleaseState.WITHDRAWN)
    at = {"wet": 0.5, "dry": 0.6, "unseen": 1.5, "waiting": 2.5, "far": 9.5}
    places = {name: make_location(session, lon, 0.5, area_id=area.id) for name, lon in at.items()}
    make_exposure(session, release, {places["wet"]: 0.7, places["unseen"]: None})
    make_exposure(session, withdrawn, {places["wet"]: 0.7})
    make_due(session, release, places["waiting"])
    rows = values(column("name", sql.String), column("place_id", sql.BigInteger), name="rows").data(
        [*((name, place.id) for name, place in places.items()), ("nowhere", None)]
    )
    filled = written.format(r=release.id, w=withdrawn.id)

    filter_ = asked(filled, place_terms(rows.c.place_id), actor=anybody)
    found = filter_.sources.joined(select(rows.c.name)).where(filter_.plain)

    assert set(session.scalars(found)) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        # one degree along the equator is 111,319.5 m: 0.3 of it to the site at 0.5 east
        ("distance_to('layer', {layer}) <= 33396", {"near"}),
        ("distance_to('layer', {layer}) <= 33395", set()),
        ("distance_to('layer', {layer}) > 33396", {"inside", "far"}),
        ("NOT distance_to('layer', {layer}) <= 33396", {"inside", "far"}),
        ("distance_to('layer', {layer}) BETWEEN 33395 AND 33396", {"near"}),
        ("distance_to('layer', {layer}) * 2 < 66792", {"near"}),
        ("distance_to('layer', 999999) < 1000000", set()),
        ("NOT distance_to('layer', 999999) < 1000000", set()),
        ("distance_to('release', {release}) = 0", {"inside"}),
        ("distance_to('release', {release}) <= 0", {"inside"}),
        ("distance_to('release', {release}) < 0", set()),
        ("distance_to('release', {release}) >= 111319", {"far"}),
        (
            "distance_to('release', {release}) < 111319 AND distance_to('release', {release}) > 0",
            {"near"},
        ),
        ("distance_to('layer', 999999) > 0", set()),
        ("distance_to('layer', {layer}) IS NULL", {"nowhere"}),
    ],
)
def test_a_filter_asks_how_far_a_place_lies_from_what_is_there(
    session: Session, anybody: Actor, written: str, meant: set[str]
) -> None:
    """A site at 0.5 east and one far north of it on the equator's meridian; an extent 1..2 east."""
    area = make_country(session)["X11"]
    layer = ContextLayer(
        name="Sites", original_name="s", original_sha256="5" * 64, original_bytes=1, loaded_by=1
    )
    release = make_release(session)
    session.add(layer)
    session.flush()
    for lon, lat in ((0.5, 0.0), (0.2, 40.0)):
        site = from_shape(Point(lon, lat), 4326)
        session.add(ContextFeature(layer_id=layer.id, value=1, shape=site))
    part = from_shape(box(1, -1, 2, 1), 4326)
    session.add(ReleasePart(release_id=release.id, value=1, part=part))
    at = {"near": 0.2, "inside": 1.5, "far": 9.5}
    places = {name: make_location(session, lon, 0.0, area_id=area.id) for name, lon in at.items()}
    rows = values(column("name", sql.String), column("place_id", sql.BigInteger), name="rows").data(
        [*((name, place.id) for name, place in places.items()), ("nowhere", None)]
    )
    filled = written.format(layer=layer.id, release=release.id)

    filter_ = asked(filled, place_terms(rows.c.place_id), actor=anybody)
    found = filter_.sources.joined(select(rows.c.name)).where(filter_.plain)

    assert set(session.scalars(found)) == meant


def test_distances_to_anything_else_are_refused(anybody: Actor) -> None:
    with pytest.raises(NoDistanceTo, match="'layer'"):
        condition("distance_to('moon', 1) > 0", place_terms(column("place_id")), actor=anybody)


def test_only_who_may_see_exact_places_asks_about_them(visitor: Actor) -> None:
    for written in ("S_INTERSECTS(place, BBOX(0, 0, 1, 1))", "hazard(1) > 0"):
        with pytest.raises(TermNotYours):
            condition(written, place_terms(column("place_id")), actor=visitor)
