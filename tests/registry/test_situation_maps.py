"""The situation map: what is on it, for whom, and that it is one file however often it is made."""

import base64
import io
import json
import re
from dataclasses import replace

import pytest
from PIL import Image
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden, NotFound
from core.storage import keep, path_of
from core.words import language_of, speaking
from geo.models.areas import Area
from geo.permissions import May as Geo
from geo.queries.selections import Question
from geo.raster.reasons import Reason
from registry.jobs.situation_maps import make_situation_map
from registry.models.rosters import Roster, RosterMember
from registry.models.situation_maps import Audience, SituationMap
from registry.queries.sheets import public_sheet_of
from registry.queries.situation_maps import map_made, maps_made
from registry.services.rosters import draft, keep_list
from registry.services.situation_maps import RosterNotFrozen, make_map
from tests.make.country import make_decided
from tests.make.geo import make_country
from tests.make.jobs import Silent
from tests.make.situation_maps import make_mapped_list


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def roster(session: Session, anybody: Actor, areas: dict[str, Area]) -> Roster:
    return make_mapped_list(session, anybody, areas)


@pytest.fixture
def easterner(anybody: Actor, areas: dict[str, Area]) -> Actor:
    """Somebody who may do everything in the east, in X2, and nothing elsewhere."""
    return Actor(7, "Eko", anybody.permissions, frozenset({areas["X2"].id}))


def _page(session: Session, roster: Roster, actor: Actor) -> str:
    return path_of(make_map(session, roster.id, actor=actor).map.sha256).read_text()


def _points(page: str) -> set[tuple[float, float]]:
    """Every point the page draws, longitude first."""
    found = re.findall(r'"coordinates": (\[-?[\d.]+, -?[\d.]+\]), "type": "Point"', page)
    return {tuple(json.loads(each)) for each in found}


def _words(page: str) -> str:
    """What is written on the page, without its styles, scripts and tags."""
    body = re.sub(r"<(style|script)>.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_page_says_what_where_when_and_whence(
    session: Session, roster: Roster, anybody: Actor
) -> None:
    said = _words(_page(session, roster, anybody))
    assert "Karsa: Flood of the Oru" in said
    assert "GLIDE FL-2026-000811-XXX" in said
    assert "List: Lower &lt;Oru&gt;." in said
    assert "Hazard: National &lt;Flood&gt; Centre;" in said
    assert "Licence: CC BY 4.0." in said
    assert f"List {str(roster.hash)[:16]}" in said


def test_the_page_bears_the_name_and_the_logo_of_the_country(
    session: Session, roster: Roster, anybody: Actor
) -> None:
    assert "Situation map" in _words(_page(session, roster, anybody))
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), (165, 29, 45)).save(picture, "PNG")
    picture.seek(0)
    kept = keep(picture)
    make_decided(session, platform="Karsa <relief>", logo=kept.sha256)

    page = _page(session, roster, anybody)

    assert "Karsa &lt;relief&gt;" in _words(page)
    assert "Highground" not in _words(page)
    assert base64.b64encode(path_of(kept.sha256).read_bytes()).decode() in page


def test_its_figures_are_those_of_the_list(
    session: Session, roster: Roster, anybody: Actor
) -> None:
    said = _words(_page(session, roster, anybody))
    assert "6 households in the flooded area" in said
    assert "4 people: girls 1, boys 1, women 1, men 1; under 5 1." in said
    assert "In 6 54.5 % Probable 1 9.1 % Out 3 27.3 %" in said
    assert "Not observed 1 9.1 % 1 no data Unlocated 0 0.0 %" in said
    assert "Area X1 6 0 1 0 0 Area X2 0 1 2 1 0" in said


def test_it_says_why_nobody_knows_of_some_to_those_who_may_see_points(
    session: Session, roster: Roster, anybody: Actor
) -> None:
    wet = select(RosterMember.registrant_id).where(RosterMember.status == "out").limit(1)
    member = update(RosterMember).where(RosterMember.registrant_id.in_(wet))
    session.execute(member.values(why=Reason.PERMANENT_WATER.value))

    said = _words(_page(session, roster, anybody))

    assert "Out 3 27.3 % 1 of them in permanent water Not observed 1 9.1 % 1 no data" in said
    public = public_sheet_of(session, roster, actor=anybody)
    assert public.answers.apart is None


def test_no_house_can_be_found_on_it(session: Session, roster: Roster, anybody: Actor) -> None:
    page = _page(session, roster, anybody)
    middle, names = (0.3003, 1.0), {(1.0, 1.0), (3.0, 1.0)}
    assert _points(page) == {middle} | names
    assert "3 households that stand alone are counted but not drawn" in page
    assert "Amina" not in page


def test_a_name_that_looks_like_a_tag_stays_a_name(
    session: Session, roster: Roster, anybody: Actor, areas: dict[str, Area]
) -> None:
    areas["X1"].name = "</script><img src=x>'\"{{ 7 * 7 }}"
    session.flush()
    page = _page(session, roster, anybody)
    assert "<img src=x" not in page
    assert "&lt;/script&gt;&lt;img src=x&gt;" in page
    assert "{{ 7 * 7 }}" in page


def test_the_same_list_gives_the_same_file_once(
    session: Session, roster: Roster, anybody: Actor
) -> None:
    first = make_map(session, roster.id, actor=anybody)
    again = make_map(session, roster.id, actor=anybody)
    assert (first.stood, again.stood) == (False, True)
    assert again.map is first.map
    made = select(func.count()).where(AuditEntry.action == "situation_maps.make")
    assert session.scalar(made) == 1


def test_a_reader_of_another_language_gets_another_file(
    session: Session, roster: Roster, anybody: Actor
) -> None:
    english = make_map(session, roster.id, actor=anybody).map
    with speaking(language_of("en-XA")):
        other = make_map(session, roster.id, actor=anybody).map
    assert (english.language, other.language) == ("en", "en-XA")
    assert '<html lang="en-XA" dir="rtl">' in path_of(other.sha256).read_text()


def test_whoever_sees_a_part_of_the_country_gets_a_map_of_that_part(
    session: Session, roster: Roster, easterner: Actor
) -> None:
    page = _page(session, roster, easterner)
    said = _words(page)
    assert "0 households in the flooded area" in said
    assert "In 0 0.0 % Probable 1 25.0 % Out 2 50.0 % Not observed 1 25.0 %" in said
    assert page.count('style="--n:') == 3  # nobody is in, so no part of the bar is
    assert "0 people" in said
    assert "within the reach of who made this map" in said
    assert "Area X1" not in page
    assert "Area X21 0 0 1 1 0 Area X22 0 1 1 0 0" in said  # of one province its districts are told
    assert _points(page) == {(2.5, 1.0), (3.5, 1.0)}  # their names


def test_a_map_is_found_by_those_alone_who_may_see_all_of_it(
    session: Session, roster: Roster, anybody: Actor, easterner: Actor, areas: dict[str, Area]
) -> None:
    national = make_map(session, roster.id, actor=anybody).map
    eastern = make_map(session, roster.id, actor=easterner).map
    district = Actor(8, "Dia", anybody.permissions, frozenset({areas["X21"].id}))

    def found(actor: Actor) -> list[SituationMap]:
        return [made.map for made in maps_made(session, roster, actor=actor)]

    assert found(anybody) == [eastern, national]
    assert found(easterner) == [eastern]
    assert found(district) == []
    with pytest.raises(NotFound):
        map_made(session, national.id, actor=easterner)


def test_who_may_not_make_maps_is_refused(session: Session, visitor: Actor) -> None:
    with pytest.raises(Forbidden):
        make_map(session, 1, actor=visitor)
    with pytest.raises(Forbidden):
        map_made(session, 1, actor=visitor)


def test_a_list_that_is_not_frozen_is_not_mapped(session: Session, anybody: Actor) -> None:
    unfrozen = draft(session, Question(), "Not yet", actor=anybody)
    with pytest.raises(RosterNotFrozen):
        make_map(session, unfrozen.id, actor=anybody)


def test_a_list_without_a_hazard_is_mapped_as_well(
    session: Session, roster: Roster, anybody: Actor
) -> None:
    kept = keep_list(session, Question(), "Everybody", actor=anybody)
    said = _words(_page(session, session.get_one(Roster, kept.roster_id), anybody))
    assert "Karsa: Everybody" in said
    assert "11 households in the area asked about" in said


def test_the_job_tells_which_map_it_made(session: Session, roster: Roster, anybody: Actor) -> None:
    def told() -> dict[str, int]:
        return make_situation_map(session, actor=anybody, progress=Silent(), roster_id=roster.id)

    first = told()
    assert first["stood"] is False
    assert told() == {"map": first["map"], "stood": True}


def test_a_map_for_the_public_has_rounded_figures_of_areas_and_no_household(
    session: Session, anybody: Actor, roster: Roster
) -> None:
    """Of the 11 asked 6 are in, 3 out, 1 not observed and 1 probable: only the 6 is told of."""
    made = make_map(session, roster.id, actor=anybody, audience=Audience.PUBLIC).map
    page = path_of(made.sha256).read_text()
    sheet = public_sheet_of(session, roster, actor=anybody)

    assert made.audience is Audience.PUBLIC
    assert sheet.cells == []
    assert sheet.question == []  # what was drawn is finer than areas
    assert sheet.box == (0.0, 0.0, 4.0, 2.0)  # of the areas
    shown = [row.answers for row in sheet.rows] + [sheet.answers]
    figures = {n for answers in shown for n in answers.parts}
    assert figures <= {None, 0, 10}
    assert "Every figure is rounded to 10" in page
    assert "Circles add up" not in page


def test_who_may_not_see_exact_places_sees_maps_for_the_public_alone(
    session: Session, anybody: Actor, roster: Roster
) -> None:
    make_map(session, roster.id, actor=anybody)
    public = make_map(session, roster.id, actor=anybody, audience=Audience.PUBLIC).map
    approver = replace(anybody, permissions=anybody.permissions - {Geo.EXACT_LOCATIONS})

    seen = maps_made(session, roster, actor=approver)

    assert [made.map.id for made in seen] == [public.id]
