"""The page of settings: what is decided, who decided it, and that it holds on every page."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.country import country
from core.words import PSEUDO
from registry.models.vocabularies import Word
from tests.make.country import make_decided
from tests.make.fields import make_words
from tests.make.geo import make_country
from tests.make.programs import make_organisation, make_program
from tests.make.registry import make_household, make_person
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]
PROFILE = {
    "name": "Karsa",
    "code": "KE",
    "timezone": "Africa/Nairobi",
    "phone_region": "KE",
    "home": "/?at=7/0.5/37",
}
LOOK = {"platform": "Karsa relief", "accent": "#1a5fb4", "accent_dark": ""}


@pytest.fixture
def office(signed_in: SignedIn) -> Browser:
    return signed_in(Role.ADMINISTRATOR)


def values(page: str) -> dict[str, str]:
    """What the page of settings tells, by what it is called."""
    soup = BeautifulSoup(page, "html.parser")
    return {
        row.dt.get_text(" ", strip=True): row.dd.get_text(" ", strip=True)
        for row in soup.select(".values > div")
        if row.dt and row.dd
    }


def test_every_value_stands_there_with_who_decided_it(office: Browser) -> None:
    before = values(office.get("/admin/settings/").text)
    office.act("/admin/settings/profile", **PROFILE)
    after = values(office.get("/admin/settings/").text)

    assert before["Time zone"] == "UTC"
    assert after["Time zone"].startswith("Africa/Nairobi Lena Marr , ")
    assert after["Code of the country"].startswith("Kenya (KE)")
    assert after["Where maps begin"].startswith("7/0.5/37")
    assert after["Currencies offered"] == "all of ISO 4217"


def test_the_trail_says_in_words_what_was_decided(office: Browser, signed_in: SignedIn) -> None:
    office.act("/admin/settings/profile", **PROFILE)

    trail = office.get("/admin/audit/?action=settings.profile").text
    assert "Said what the country is" in trail
    assert "Africa/Nairobi" in trail


def test_the_country_is_called_so_where_its_map_is_shown(office: Browser, session: Session) -> None:
    make_country(session)
    assert ">Karsa</h1>" in office.get("/").text
    office.act("/admin/settings/profile", **PROFILE | {"name": "Republic of Karsa"})

    assert ">Republic of Karsa</h1>" in office.get("/").text


def test_what_cannot_be_is_told_with_what_was_typed(office: Browser) -> None:
    answer = office.act("/admin/settings/profile", **PROFILE | {"timezone": "Nairobi"})

    assert answer.status_code == 422
    assert "“Nairobi”" in answer.text or "Nairobi&#34; is no time zone" in answer.text
    assert 'value="Nairobi"' in answer.text
    assert country().timezone == "UTC"


def test_nothing_is_said_to_be_changed_where_nothing_was(office: Browser) -> None:
    office.act("/admin/settings/profile", **PROFILE)

    assert "Nothing was different" in office.act("/admin/settings/profile", **PROFILE).text


def test_a_search_shows_the_sections_that_have_it(office: Browser) -> None:
    found = BeautifulSoup(office.get("/admin/settings/?q=currenc").text, "html.parser")
    assert [each["id"] for each in found.select("section.card")] == ["currencies"]

    hidden = BeautifulSoup(office.get("/admin/settings/?q=UPLOAD_MB").text, "html.parser")
    assert [each["id"] for each in hidden.select("section.card")] == ["machine"]
    assert "No setting has" in office.get("/admin/settings/?q=zzz").text


def test_no_secret_of_the_machine_is_shown(office: Browser) -> None:
    page = office.get("/admin/settings/").text

    assert values(page)["Signs the session cookies; make it once, keep it secret SECRET_KEY"] == (
        "set, and not shown"
    )
    assert "postgresql://" not in page


def test_a_section_there_is_none_of_is_refused(office: Browser) -> None:
    assert office.get("/admin/settings/weather").status_code == 404
    assert office.act("/admin/settings/weather", follow=False).status_code == 404


def test_currencies_offered_are_what_a_new_program_chooses_from(
    office: Browser, signed_in: SignedIn, session: Session
) -> None:
    make_organisation(session)
    office.act("/admin/settings/currencies", more="KES usd", currency="KES")

    form = BeautifulSoup(signed_in(Role.PROGRAM_MANAGER).get("/programs/new").text, "html.parser")
    options = [each["value"] for each in form.select("select[name=currency] option")]
    assert options == ["KES", "USD"]


def test_a_currency_in_use_stays_with_a_sentence(office: Browser, session: Session) -> None:
    office.act("/admin/settings/currencies", more="KES, USD", currency="KES")
    make_program(session, currency="USD")

    answer = office.act("/admin/settings/currencies", currencies="KES", currency="KES")

    assert answer.status_code == 409
    assert "USD cannot be taken away: it is the money of 1 programs." in answer.text


def test_levels_are_named_in_each_language(office: Browser, session: Session) -> None:
    make_country(session)
    said = {f"name-{level}": name for level, name in enumerate(("Nchi", "Mkoa", "Wilaya"))}
    office.act("/admin/settings/levels", **said, **{"level-1-en": "Region"})

    told = values(office.get("/admin/settings/").text)
    assert told["Level 1"].startswith("Mkoa, Region (en)")
    assert "Region" in office.get("/areas/").text


def test_name_logo_and_colour_are_on_every_page_and_at_the_sign_in(
    office: Browser, browser: Browser
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (120, 60), (26, 95, 180)).save(picture, "JPEG")
    picture.seek(0)
    office.act("/admin/settings/look", **LOOK, logo=(picture, "logo.jpg"))

    door = BeautifulSoup(browser.get("/sign-in").text, "html.parser")
    mark = door.select_one("a.mark")
    assert mark is not None
    assert mark.get_text(strip=True) == "Karsa relief"
    assert door.title is not None
    assert door.title.get_text() == "Sign in - Karsa relief"
    assert mark.img is not None
    shown = browser.get(str(mark.img["src"]))
    with Image.open(io.BytesIO(shown.data)) as logo:
        assert (shown.mimetype, logo.format, logo.size) == ("image/png", "PNG", (120, 60))
    sheets = [str(each["href"]) for each in door.select("link[rel=stylesheet]")]
    [own] = [each for each in sheets if each.startswith("/brand/")]
    style = browser.get(own)
    assert "--accent: #1a5fb4;" in style.text
    assert style.cache_control.max_age == 31_536_000
    assert browser.get("/brand/000000000000.css").status_code == 404
    assert browser.get(f"/brand/{'0' * 64}.png").status_code == 404


def test_a_colour_nobody_can_read_is_refused_with_one_that_goes(office: Browser) -> None:
    answer = office.act("/admin/settings/look", **LOOK | {"accent": "#ffcc00"})

    assert answer.status_code == 422
    assert "contrast of 1." in answer.text
    assert "such as #" in answer.text
    assert country().accent is None


def test_who_asks_for_no_language_of_ours_reads_the_first(
    browser: Browser, session: Session
) -> None:
    make_decided(session, language=PSEUDO, languages=["en", PSEUDO])

    klingon = browser.get("/sign-in", headers={"Accept-Language": "tlh"}).text
    english = browser.get("/sign-in", headers={"Accept-Language": "en-GB, fr;q=0.5"}).text

    assert f'<html lang="{PSEUDO}"' in klingon
    assert '<html lang="en"' in english


def test_maps_that_show_nothing_in_particular_begin_at_home(
    signed_in: SignedIn, session: Session
) -> None:
    make_country(session)
    assert '"home": null' in signed_in(Role.COORDINATOR).get("/").text
    make_decided(session, home="7/0.5/37")

    assert '"home": {"lat": 0.5, "lon": 37.0, "zoom": 7.0}' in signed_in(Role.VIEWER).get("/").text


def test_from_when_on_two_are_looked_at_is_decided_and_stands_in_the_trail(
    office: Browser,
) -> None:
    refused = office.act("/admin/settings/duplicates", alike_percent="20", roof_m="15")
    page = office.act("/admin/settings/duplicates", alike_percent="85", roof_m="25").text

    assert (refused.status_code, "50 to 99 percent" in refused.text) == (422, True)
    assert (country().alike_percent, country().roof_m) == (85, 25.0)
    told = values(page)
    assert told["Two records are looked at from a likeness of, percent"].startswith("85 %")
    assert told["Under one roof within, metres"].startswith("25 m")
    trail = office.get("/admin/audit/?action=settings.duplicates").text
    assert "Said from when on two records are looked at" in trail


def test_a_retired_word_is_offered_no_more_but_stays_where_it_is(
    signed_in: SignedIn, session: Session
) -> None:
    make_words(session, "civil_status", "betrothed", "promised")
    family = make_household(session)
    ana, bea = (make_person(session, family, "female", date(1990, 1, 1)) for _each in range(2))
    registrar = signed_in(Role.REGISTRAR)
    registrar.act(f"/registry/{ana.number}/edit", **SAID, civil_status="betrothed")
    for word in session.query(Word).filter(Word.code == "betrothed"):
        word.active = False
    session.flush()

    kept, fresh = (
        BeautifulSoup(registrar.get(f"/registry/{who.number}/edit").text, "html.parser")
        for who in (ana, bea)
    )
    assert "betrothed" in _offered(kept)
    assert "promised" in _offered(kept)
    assert "betrothed" not in _offered(fresh)
    assert "promised" in _offered(fresh)
    renamed = {**SAID, "name": "Ana Doro", "civil_status": "betrothed"}
    assert registrar.act(f"/registry/{ana.number}/edit", **renamed).status_code == 200
    refused = registrar.act(f"/registry/{bea.number}/edit", **SAID, civil_status="betrothed")
    assert refused.status_code == 422


SAID = {"name": "Bea Doro", "sex": "female", "birth_date": "1990-01-01"}


def _offered(page: BeautifulSoup) -> list[str]:
    return [str(each["value"]) for each in page.select("select[name=civil_status] option")]
