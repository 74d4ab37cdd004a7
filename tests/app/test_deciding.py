"""What administrators decide holds at once, and what is in use is not taken away."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.roles import Role, permissions_of
from app.deciding import currencies, figures, languages, levels, look, places, profile, records
from app.deciding.rows import BoundToParts
from core.actor import Actor
from core.audit import AuditEntry, FieldChange
from core.clock import day_of
from core.country import country
from core.errors import Forbidden, Refusal
from core.jobs import Job
from core.money import CurrencyNotOffered
from core.storage import path_of
from core.words import Language, language_of, speaking
from geo.models.place_checks import PlaceCheck
from geo.queries.areas import level_names
from geo.queries.selections import Question
from geo.services.place_checks import check_places
from programs.queries.requests import request_page
from programs.services.approvals import ask_approval
from registry.models.accounts import AccountKind
from registry.models.contacts import ContactKind
from registry.models.household_cells import StaleCell
from registry.models.rosters import Roster
from registry.queries.answers import fewest
from registry.queries.people import composition
from registry.queries.places import stood_at
from registry.queries.rosters import people_kept
from registry.queries.stale_cells import EVERYTHING
from registry.queries.subjects import matching
from registry.services import accounts, contacts, documents
from registry.services.rosters import keep_list
from tests.make.exposure import make_exposure
from tests.make.geo import make_country, make_release
from tests.make.imports import make_import, rows_of
from tests.make.programs import DARA, LENA, make_prepared, make_program
from tests.make.registry import make_household, make_location, make_person

ADMINISTRATOR = Actor(7, "Amal", permissions_of({Role.ADMINISTRATOR}), national=True)
KARSA = profile.Profile("Karsa", "KE", "Africa/Nairobi", "KE", "")
USUAL = figures.Figures(5, 60, 5, 10, [])
DOUBTS = places.Doubts(30, 50.0, 500.0, 12, 60, 100.0)
RED = "#a51d2d"


def png(wide: int = 200, high: int = 100) -> io.BytesIO:
    picture = io.BytesIO()
    Image.new("RGB", (wide, high), (165, 29, 45)).save(picture, "PNG")
    picture.seek(0)
    return picture


def test_days_are_those_of_the_time_zone_that_was_decided(session: Session) -> None:
    evening = datetime(2026, 11, 12, 22, 30, tzinfo=UTC)
    assert day_of(evening) == date(2026, 11, 12)

    profile.describe(session, KARSA, actor=ADMINISTRATOR)

    assert day_of(evening) == date(2026, 11, 13)  # three hours later in Nairobi


def test_telephone_numbers_without_a_plus_are_those_of_the_country(session: Session) -> None:
    family = make_household(session)
    profile.describe(session, KARSA, actor=ADMINISTRATOR)

    said = [contacts.Said(ContactKind.PHONE, "0712 345678")]
    [kept] = contacts.set_contacts(session, family.number, said, actor=DARA)

    assert kept.value == "+254712345678"


def test_maps_begin_where_an_address_of_a_map_looks(session: Session) -> None:
    typed = "https://karsa.example/?r=3&at=7.25/-0.024/37.9"
    profile.describe(session, profile.Profile("Karsa", "", "UTC", "", typed), actor=ADMINISTRATOR)

    assert country().home == "7.25/-0.024/37.9"


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"name": "  "}, profile.CountryNameless),
        ({"code": "QQQ"}, profile.CountryCodeUnknown),
        ({"code": "1"}, profile.CountryCodeUnknown),
        ({"timezone": "Nairobi"}, profile.ZoneUnknown),
        ({"phone_region": "XX"}, profile.RegionUnknown),
        ({"home": "somewhere"}, profile.HomeUnreadable),
        ({"home": "7/95/37"}, profile.HomeUnreadable),
    ],
)
def test_what_a_country_cannot_be_is_refused(
    session: Session, said: dict[str, str], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        profile.describe(session, profile.Profile(**(vars(KARSA) | said)), actor=ADMINISTRATOR)


def test_an_act_says_what_was_decided_and_nothing_where_nothing_changed(session: Session) -> None:
    fresh = profile.describe(session, KARSA, actor=ADMINISTRATOR)
    again = profile.describe(session, KARSA, actor=ADMINISTRATOR)

    entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == "country")).all()
    assert fresh == {"name", "code", "timezone", "phone_region"}
    assert again == frozenset()
    assert [(entry.action, entry.figures["timezone"]) for entry in entries] == [
        ("settings.profile", "Africa/Nairobi")
    ]
    changes = session.scalars(select(FieldChange).where(FieldChange.table_name == "country")).all()
    assert [(row.before, row.after) for row in changes if row.before] == [
        (
            {"name": "", "code": None, "timezone": "UTC", "phone_region": None},
            {"name": "Karsa", "code": "KE", "timezone": "Africa/Nairobi", "phone_region": "KE"},
        )
    ]


def test_who_answers_for_a_part_of_the_country_decides_nothing_for_it(session: Session) -> None:
    part = Actor(8, "Bo", ADMINISTRATOR.permissions, area_ids=frozenset({1}))

    with pytest.raises(BoundToParts):
        profile.describe(session, KARSA, actor=part)
    with pytest.raises(Forbidden):
        profile.describe(session, KARSA, actor=Actor(9, "Bo", frozenset(), national=True))


def test_a_program_is_in_a_currency_that_is_offered(session: Session) -> None:
    currencies.offer(session, "KES", ["kes", "USD"], actor=ADMINISTRATOR)

    make_program(session, currency="USD")
    with pytest.raises(CurrencyNotOffered, match="KES, USD"):
        make_program(session, currency="EUR")


def test_a_currency_that_something_is_in_cannot_be_taken_away(session: Session) -> None:
    currencies.offer(session, "KES", ["KES", "USD", "EUR"], actor=ADMINISTRATOR)
    make_program(session, currency="USD")
    family = make_household(session)
    wallet = accounts.Written(AccountKind.WALLET, "+254712345678", currency="EUR")
    accounts.add(session, family.number, wallet, actor=DARA)

    with pytest.raises(currencies.CurrencyPaid, match="USD cannot be taken away: it is the money"):
        currencies.offer(session, "KES", ["KES", "EUR"], actor=ADMINISTRATOR)
    with pytest.raises(currencies.CurrencyHeld, match="EUR cannot be taken away: 1 accounts"):
        currencies.offer(session, "KES", ["KES", "USD"], actor=ADMINISTRATOR)
    with pytest.raises(currencies.OwnNotOffered):
        currencies.offer(session, "MUR", ["KES", "USD", "EUR"], actor=ADMINISTRATOR)
    assert country().currencies == ["EUR", "KES", "USD"]


def test_a_language_somebody_reads_in_cannot_be_taken_away(session: Session) -> None:
    languages.offer(session, "sw", ["en", "sw", "pt_BR"], actor=ADMINISTRATOR)
    assert country().languages == ["en", "sw", "pt-BR"]
    session.add(User(name="Ana", email="ana@example.org", language="pt-BR"))
    session.flush()

    with pytest.raises(languages.LanguageRead, match="1 people read in it"):
        languages.offer(session, "en", ["en", "sw"], actor=ADMINISTRATOR)
    with pytest.raises(languages.SourceNeeded):
        languages.offer(session, "sw", ["sw", "pt-BR"], actor=ADMINISTRATOR)
    with pytest.raises(languages.FirstNotOffered):
        languages.offer(session, "fr", ["en", "pt-BR"], actor=ADMINISTRATOR)
    with pytest.raises(languages.LanguageUnknown):
        languages.offer(session, "en", ["en", "klingon!"], actor=ADMINISTRATOR)


def test_levels_are_called_in_the_readers_language(session: Session) -> None:
    make_country(session)
    said = {1: ("Mkoa", {"en": "Region", "fr": "Région"})}
    levels.name_levels(session, said, actor=ADMINISTRATOR)

    assert level_names(session)[1] == "Region"
    with speaking(Language("fr", language_of("en").locale)):
        assert level_names(session)[1] == "Région"
    with speaking(Language("sw", language_of("en").locale)):
        assert level_names(session)[1] == "Mkoa"
    with pytest.raises(levels.LevelNameless, match="Level 1 holds 2 areas"):
        levels.name_levels(session, {1: (" ", {})}, actor=ADMINISTRATOR)
    with pytest.raises(levels.LevelMissing):
        levels.name_levels(session, {9: ("Street", {})}, actor=ADMINISTRATOR)


def test_age_bands_are_counted_by_the_ages_that_were_decided(session: Session) -> None:
    family, on = make_household(session), date(2026, 11, 19)
    for born in (date(2020, 11, 20), date(2020, 11, 19), date(1961, 11, 19), date(1961, 11, 20)):
        make_person(session, family, "female", born)  # 5, 6, 65 and 64 years old

    figures.tell(session, figures.Figures(6, 65, 5, 10, []), actor=ADMINISTRATOR)

    people = composition(on)
    row = session.execute(select(people).where(people.c.registrant_id == family.id)).one()
    assert (row.f0_4, row.f5_17, row.f18_59, row.f60) == (1, 1, 1, 1)
    assert EVERYTHING in session.scalars(select(StaleCell.cell)).all()


def test_a_filter_that_names_an_age_keeps_it(session: Session) -> None:
    six = make_person(session, family := make_household(session), "female", date(2020, 6, 1))
    figures.tell(session, figures.Figures(7, 60, 5, 10, []), actor=ADMINISTRATOR)

    young = matching("children_under_5 >= 1", date(2026, 11, 19), actor=DARA)
    children = matching("girls >= 1", date(2026, 11, 19), actor=DARA)

    assert six.id
    assert session.scalars(young).all() == []
    assert session.scalars(children).all() == [family.id]


def test_the_fewest_that_is_told_of_is_what_was_decided(session: Session) -> None:
    figures.tell(session, figures.Figures(5, 60, 11, 20, ["exports"]), actor=ADMINISTRATOR)

    assert (fewest(), country().rounding, country().ask_purpose) == (11, 20, ["exports"])


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"young_below": 18}, figures.AgesImpossible),
        ({"young_below": 0}, figures.AgesImpossible),
        ({"old_from": 18}, figures.AgesImpossible),
        ({"fewest": 2}, figures.FewestImpossible),
        ({"fewest": 51}, figures.FewestImpossible),
        ({"rounding": 7}, figures.RoundingImpossible),
        ({"ask_purpose": ["breakfast"]}, figures.PurposeForNothing),
    ],
)
def test_figures_that_would_tell_too_much_are_refused(
    session: Session, said: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        figures.tell(session, figures.Figures(**(vars(USUAL) | said)), actor=ADMINISTRATOR)


def test_places_are_doubted_by_what_was_decided(session: Session) -> None:
    areas = make_country(session)
    homes = [make_location(session, 0.51234, 1.01234, area_id=areas["X11"].id) for _n in range(3)]
    for home in homes:
        make_household(session, home)
    spot = select(PlaceCheck.location_id).where(PlaceCheck.codes.contains(["crowded"]))
    check_places(session, stood_at(), stood_at())
    assert session.scalars(spot).all() == []

    places.doubt(session, places.Doubts(2, 50.0, 500.0, 12, 60, 100.0), actor=ADMINISTRATOR)
    check_places(session, stood_at(), stood_at())

    assert {*session.scalars(spot)} == {home.id for home in homes}
    assert session.scalars(select(Job.work)).all() == ["registry.jobs.places.look_over_places"]


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"crowd": 1}, places.CrowdImpossible),
        ({"near_m": -1.0}, places.MetresImpossible),
        ({"vague_m": float("nan")}, places.MetresImpossible),
        ({"fresh_months": 61}, places.AgeOfPlacesImpossible),
        ({"old_months": 0}, places.AgeOfPlacesImpossible),
        ({"coarse_m": 0.0}, places.MetresImpossible),
    ],
)
def test_doubts_that_cannot_be_are_refused(
    session: Session, said: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        places.doubt(session, places.Doubts(**(vars(DOUBTS) | said)), actor=ADMINISTRATOR)


def test_a_document_is_as_large_as_was_decided(session: Session) -> None:
    family = make_household(session)
    records.bound(session, records.Records(30, 1, 8, 90, 20), actor=ADMINISTRATOR)
    large = png().getvalue() + bytes(1 << 20)

    paper = documents.Brought("letter", "Letter", io.BytesIO(large))
    with pytest.raises(documents.DocumentTooLarge, match="at most 1 MB"):
        documents.add(session, family.number, paper, actor=DARA)
    records.bound(session, records.Records(30, 2, 8, 90, 20), actor=ADMINISTRATOR)
    paper = documents.Brought("letter", "Letter", io.BytesIO(large))
    assert documents.add(session, family.number, paper, actor=DARA).id


def test_a_file_with_a_larger_household_than_was_decided_is_looked_at(session: Session) -> None:
    rows = "Γ,Δ,Θ,Λ,Ω\n1,0.5,1.5,7,X11\n2,0.6,1.5,5,X11\n"
    columns = {"code": "Γ", "longitude": "Δ", "latitude": "Θ", "size": "Λ", "area_pcode": "Ω"}
    make_country(session)
    before = make_import(session, DARA, rows, columns)
    records.bound(session, records.Records(6, 10, 8, 90, 20), actor=ADMINISTRATOR)
    after = make_import(session, DARA, f"{rows}3,0.7,1.5,6,X11\n", columns)

    doubted = [[row.warnings for row in rows_of(session, made)] for made in (before, after)]
    assert doubted == [[[], []], [["size_implausible"], [], []]]


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ((4, 10, 8, 90, 20), records.HouseholdImpossible),
        ((30, 0, 8, 90, 20), records.DocumentImpossible),
        ((30, 101, 8, 90, 20), records.DocumentImpossible),
        ((30, 10, 25, 90, 20), records.HoursImpossible),
        ((30, 10, 8, 0, 20), records.DaysImpossible),
        ((30, 10, 8, 90, 101), records.ShareImpossible),
    ],
)
def test_records_that_cannot_be_are_refused(
    session: Session, said: tuple[int, int, int, int, int], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        records.bound(session, records.Records(*said), actor=ADMINISTRATOR)


def test_a_logo_is_kept_as_a_small_png_without_what_was_beside_it(session: Session) -> None:
    said = look.Look("Karsa relief", RED, "", logo=png(2000, 500))
    look.dress(session, said, actor=ADMINISTRATOR)

    with Image.open(path_of(country().logo or "")) as kept:
        assert (kept.format, kept.size) == ("PNG", (640, 160))
    look.dress(session, look.Look("", "", ""), actor=ADMINISTRATOR)
    assert (country().platform, country().accent, bool(country().logo)) == (None, None, True)
    look.dress(session, look.Look("", "", "", without_logo=True), actor=ADMINISTRATOR)
    assert country().logo is None


def _pdf() -> io.BytesIO:
    return io.BytesIO(b"%PDF-1.7 of no use here")


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        (lambda: io.BytesIO(b"<svg onload='x'/>"), "NotALogo"),
        (_pdf, "NotALogo"),
        (lambda: io.BytesIO(png().getvalue()[:60]), "PictureUnreadable"),
        (lambda: png(200, 8), "PictureTooSmall"),
        (lambda: io.BytesIO(png().getvalue() + bytes(1 << 20)), "LogoTooLarge"),
    ],
)
def test_what_is_no_logo_is_refused(
    session: Session, file: Callable[[], io.BytesIO], refusal: str
) -> None:
    with pytest.raises(Refusal) as refused:
        look.dress(session, look.Look("", "", "", logo=file()), actor=ADMINISTRATOR)
    assert type(refused.value).__name__ == refusal


def test_what_was_kept_keeps_the_ages_it_was_made_with(session: Session) -> None:
    six = date(2020, 6, 1)  # in November 2026 young only where the lowest band ends below seven
    areas = make_country(session)
    release = make_release(session)
    place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
    make_exposure(session, release, {place: 0.7})
    family = make_household(session, place)
    make_person(session, family, "female", six, relation="head")
    question = Question(release_id=release.id, threshold=0.5)
    before = keep_list(session, question, "Before", actor=DARA)
    cycle = make_prepared(session, make_program(session), family)
    asked = ask_approval(session, cycle.id, actor=DARA)

    figures.tell(session, figures.Figures(7, 60, 5, 10, []), actor=ADMINISTRATOR)
    after = keep_list(session, question, "After", actor=DARA)

    kept = [session.get_one(Roster, each.roster_id) for each in (before, after)]
    assert [tuple(each.ages) for each in kept] == [(5, 60), (7, 60)]
    assert [people_kept(each).young for each in kept] == [0, 1]
    told = request_page(session, asked.id, actor=LENA)
    assert told.people is not None
    assert (told.people.young, told.people.girls) == (0, 1)
