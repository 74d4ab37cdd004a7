"""A kept list says why nobody knows of some of its households, as it was when it was kept."""

import csv
import io
from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.exposure import Exposure
from geo.permissions import May as Geo
from geo.queries.selections import Question
from geo.raster.reasons import Reason
from registry.counting.answers import Apart
from registry.models.rosters import Answer, Roster, RosterMember
from registry.queries.rosters import figures_seen, members_page
from registry.services.rosters import draft, export, freeze
from tests.make.exposure import make_exposure
from tests.make.geo import make_country, make_release
from tests.make.registry import make_household, make_location


@pytest.fixture
def roster(session: Session, anybody: Actor) -> Roster:
    """One in the water, one under cloud, two where there is no data."""
    areas, release = make_country(session), make_release(session)
    west = areas["X11"].id
    wet, cloudy, *lost = (
        make_location(session, x, 1.0, area_id=west) for x in (0.2, 0.4, 0.6, 0.8)
    )
    make_exposure(session, release, {wet: 0.7, cloudy: None, lost[0]: None, lost[1]: None})
    under = update(Exposure).where(Exposure.location_id == cloudy.id)
    session.execute(under.values(why=Reason.CLOUD.value))
    for place in (wet, cloudy, *lost):
        make_household(session, place)
    kept = draft(session, Question(release_id=release.id), "In the water", actor=anybody)
    freeze(session, kept.id, actor=anybody)
    return kept


def test_a_list_tells_apart_why_households_were_not_observed(
    session: Session, roster: Roster, anybody: Actor
) -> None:
    session.execute(update(Exposure).values(why=Reason.EXCLUDED.value))  # afterwards

    answers = figures_seen(session, roster, actor=anybody).answers

    assert (answers.in_, answers.not_observed) == (1, 3)
    assert answers.apart == Apart(cloud=1, nodata=2)
    unseen = members_page(session, roster, actor=anybody, status=Answer.NOT_OBSERVED).rows
    assert sorted(row.why for row in unseen) == [Reason.NODATA, Reason.NODATA, Reason.CLOUD]


def test_who_may_not_see_points_is_not_told_apart(
    session: Session, roster: Roster, anybody: Actor
) -> None:
    bound = replace(anybody, permissions=anybody.permissions - {Geo.EXACT_LOCATIONS})

    assert figures_seen(session, roster, actor=bound).answers.apart is None


def test_a_list_kept_before_reasons_were_tells_none(
    session: Session, roster: Roster, anybody: Actor
) -> None:
    session.execute(update(RosterMember).values(why=None))

    assert figures_seen(session, roster, actor=anybody).answers.apart is None


def test_the_export_names_the_reason_of_each(
    session: Session, roster: Roster, anybody: Actor
) -> None:
    file = io.BytesIO()

    export(session, roster.id, file, actor=anybody)

    rows = csv.DictReader(io.StringIO(file.getvalue().decode()))
    assert sorted((row["status"], row["why"]) for row in rows) == [
        *(("in", ""), ("not_observed", "cloud")),
        *(("not_observed", "nodata"), ("not_observed", "nodata")),
    ]
