"""Kept filters: who may use them, what changes with a version, and what a reader may not ask."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from core.actor import Actor
from core.cql import FigureTooLarge, both
from core.errors import NotFound
from geo.models.areas import Area
from registry.models.filters import Filter, Shared, Subject
from registry.permissions import May
from registry.queries.filters import (
    ConditionUnworkable,
    CountTooSlow,
    FilterOverPeople,
    condition_with,
    count_matching,
    filter_by_code,
    filters_offered,
    try_to_count,
)
from registry.queries.queryables import household_terms
from registry.services.filters import (
    AreaUnknown,
    FilterNotYours,
    NobodyNamed,
    NoOrganisation,
    change_filter,
    keep_filter,
    share_filter,
    unshare_filter,
)
from tests.make.programs import DARA, make_actor
from tests.make.registry import make_household

DAY = date(2026, 11, 20)
TERMS = household_terms(DAY)
OWNER = replace(DARA, organisation_id=7)
READER = make_actor(71, "Rosa Imber", May.COUNT_REGISTRANTS, May.READ_REGISTRANTS)


@pytest.fixture
def kept(session: Session) -> Filter:
    return keep_filter(session, "Large", "people >= 5", actor=OWNER)


def _seen(session: Session, kept: Filter, actor: Actor) -> bool:
    try:
        return filter_by_code(session, kept.code, actor=actor) is kept
    except NotFound:
        return False


def test_a_filter_is_shared_with_who_has_a_role(session: Session, kept: Filter) -> None:
    share_filter(session, kept.code, actor=OWNER, shared=Shared.ROLE, with_="registrar")

    assert _seen(session, kept, replace(READER, roles=frozenset({"viewer", "registrar"})))
    assert not _seen(session, kept, replace(READER, roles=frozenset({"viewer"})))


def test_a_filter_is_shared_with_ones_own_organisation(session: Session, kept: Filter) -> None:
    share_filter(session, kept.code, actor=OWNER, shared=Shared.ORGANISATION)

    assert _seen(session, kept, replace(READER, organisation_id=7))
    assert not _seen(session, kept, replace(READER, organisation_id=8))
    assert not _seen(session, kept, READER)


@pytest.mark.parametrize(
    ("bound_to", "sees"), [("X1", True), ("X11", True), ("X", True), ("X2", False), ("X21", False)]
)
def test_a_filter_is_shared_with_who_works_in_an_area(
    session: Session, kept: Filter, areas: dict[str, Area], bound_to: str, *, sees: bool
) -> None:
    share_filter(session, kept.code, actor=OWNER, shared=Shared.AREA, with_="X1")
    there = replace(READER, national=False, area_ids=frozenset({areas[bound_to].id}))

    assert _seen(session, kept, there) is sees
    assert _seen(session, kept, READER)


def test_a_filter_is_shared_with_somebody_there_is(
    session: Session, kept: Filter, areas: dict[str, Area]
) -> None:
    with pytest.raises(NoOrganisation):
        share_filter(session, _of(session, DARA).code, actor=DARA, shared=Shared.ORGANISATION)
    with pytest.raises(AreaUnknown, match="no area Q9"):
        share_filter(session, kept.code, actor=OWNER, shared=Shared.AREA, with_="Q9")
    with pytest.raises(NobodyNamed):
        share_filter(session, kept.code, actor=OWNER, shared=Shared.ROLE)


def _of(session: Session, actor: Actor) -> Filter:
    return keep_filter(session, "Another", "people > 1", actor=actor)


def test_what_is_kept_to_oneself_again_is_nobody_elses(session: Session, kept: Filter) -> None:
    share_filter(session, kept.code, actor=OWNER, shared=Shared.ROLE, with_="viewer")

    unshare_filter(session, kept.code, actor=OWNER)

    assert (kept.shared, kept.shared_with) == (Shared.NONE, None)
    assert not _seen(session, kept, replace(READER, roles=frozenset({"viewer"})))


def test_a_changed_filter_is_its_next_version(session: Session, kept: Filter) -> None:
    share_filter(session, kept.code, actor=OWNER)

    change_filter(session, kept.code, "Larger", "people >= 7", actor=OWNER)

    assert (kept.name, kept.written, kept.version) == ("Larger", "people >= 7", 2)
    assert kept.terms == ["people"]
    with pytest.raises(FilterNotYours):
        change_filter(session, kept.code, "Mine", "people >= 9", actor=replace(DARA, id=99))


def test_a_filter_with_a_term_that_is_not_the_readers_says_so(
    session: Session, kept: Filter
) -> None:
    papers = keep_filter(session, "Papers", "documents > 0", actor=OWNER)
    for each in (kept, papers):
        share_filter(session, each.code, actor=OWNER)

    offered = {
        each.filter.name: each.refusal for each in filters_offered(session, TERMS, actor=READER)
    }

    assert offered["Large"] is None
    assert str(offered["Papers"]).startswith("Your role may not use documents; a condition of")


def test_a_kept_condition_and_one_that_is_written_both_have_to_hold(
    session: Session, kept: Filter
) -> None:
    over_people = keep_filter(session, "Small", "area_in('X')", actor=OWNER, subject=Subject.PEOPLE)

    assert condition_with(session, kept.code, "men = 0 OR women = 0", actor=OWNER) == (
        "(people >= 5) AND (men = 0 OR women = 0)"
    )
    assert condition_with(session, kept.code, " ", actor=OWNER) == "people >= 5"
    assert condition_with(session, "", "men = 0", actor=OWNER) == "men = 0"
    with pytest.raises(FilterOverPeople, match="Small is a filter over people"):
        condition_with(session, over_people.code, "", actor=OWNER)


def test_text_and_json_are_put_together(session: Session) -> None:
    make_household(session, stated_size=3)
    make_household(session, stated_size=3, is_partial=True)
    asked = both('{"op": "=", "args": [{"property": "size"}, 3]}', "is_partial OR size > 9")

    assert count_matching(session, asked, DAY, actor=READER).meant == 1


@pytest.mark.parametrize(
    "written", ["exposed", "people >=", "people > 1 AND documents > 0", "peeple > 1"]
)
def test_what_cannot_be_counted_is_told_why(session: Session, written: str) -> None:
    tried = try_to_count(session, written, DAY, actor=READER, terms=TERMS)

    assert tried.found is None
    assert tried.why
    assert try_to_count(session, "people > 1", DAY, actor=READER, terms=TERMS).why is None


def test_a_count_that_takes_too_long_is_given_up_and_the_page_goes_on(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_household(session)
    monkeypatch.setattr("registry.queries.filters.SECONDS", 1e-3)
    much = " OR ".join(f"count_of(age > {n}) > 9" for n in range(60))

    with pytest.raises(CountTooSlow, match="ask for less"):
        count_matching(session, f"people ^ 3 > 1 OR {much}", DAY, actor=READER)

    monkeypatch.setattr("registry.queries.filters.SECONDS", 5)
    assert count_matching(session, "people >= 0", DAY, actor=READER).of == 1


def test_what_the_database_cannot_work_with_is_refused(session: Session) -> None:
    make_household(session)
    with pytest.raises(FigureTooLarge):
        count_matching(session, "hazard_status(1, 1e300) = 'in'", DAY, actor=DARA)
    with pytest.raises(ConditionUnworkable):
        count_matching(session, r"kind LIKE CASEI('\')", DAY, actor=DARA)
    assert count_matching(session, "people < 3000000000", DAY, actor=DARA).meant == 1
