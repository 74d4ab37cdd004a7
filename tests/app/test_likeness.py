"""From when on two records are looked at as of one, as the country decides."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role, permissions_of
from app.deciding.duplicates import Likeness, LikenessImpossible, RoofImpossible, suspect
from core.actor import Actor
from core.errors import Refusal
from registry.models.duplicates import DuplicatePair, DuplicateRun
from registry.models.registrants import Individual
from registry.services.duplicates import look_for
from tests.make.registry import make_household, make_location, make_person

ADMINISTRATOR = Actor(7, "Amal", permissions_of({Role.ADMINISTRATOR}), national=True)


def test_households_share_a_roof_as_near_as_was_decided(session: Session, anybody: Actor) -> None:
    for name, lon in (("Juma Otieno", 0.5), ("Otieno Juma", 0.50027)):  # 30 m at the equator
        home = make_household(session, make_location(session, lon, 0.0), name=name)
        make_person(session, home, relation="head", name=name, birth_date=date(1970, 1, 5))
    roof = select(DuplicatePair.same_roof).where(DuplicatePair.distance_m > 0)

    look_for(session, lambda *_told: None, actor=anybody)
    before = session.scalars(roof).all()
    suspect(session, Likeness(70, 35.0), actor=ADMINISTRATOR)
    look_for(session, lambda *_told: None, actor=anybody)

    assert ({*before}, {*session.scalars(roof)}) == ({False}, {True})


def test_what_is_less_alike_than_was_decided_is_not_asked_about_any_more(
    session: Session, anybody: Actor
) -> None:
    """Same year 3, same sex 1, same name 9, less 11 (`WEIGHED`): 2 bits, four to one, 80 %."""
    for home in ("Kofi Mensah", "Esi Boateng"):
        family = make_household(session, name=home)
        who = make_person(session, family, name="Amina Yusuf", birth_date=date(1984, 7, 1))
        session.get_one(Individual, who.id).birth_date_exact = False
    scores = select(DuplicatePair.score)

    look_for(session, lambda *_told: None, actor=anybody)
    assert list(session.scalars(scores)) == pytest.approx([0.8])
    suspect(session, Likeness(81, 15.0), actor=ADMINISTRATOR)
    run = look_for(session, lambda *_told: None, actor=anybody)

    assert session.scalars(scores).all() == []
    assert session.get_one(DuplicateRun, run.id).least == pytest.approx(0.81)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ((49, 15.0), LikenessImpossible),
        ((100, 15.0), LikenessImpossible),
        ((70, 0.5), RoofImpossible),
        ((70, 201.0), RoofImpossible),
        ((70, float("nan")), RoofImpossible),
    ],
)
def test_a_likeness_that_cannot_be_is_refused(
    session: Session, said: tuple[int, float], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        suspect(session, Likeness(*said), actor=ADMINISTRATOR)
