"""Changing what stands on a record and beside it, as somebody does it on the pages."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.storage import path_of
from geo.models.areas import Area
from registry.models.accounts import Account
from registry.models.contacts import Contact
from registry.models.documents import Document
from registry.models.registrants import Identifier, Individual, Membership, Registrant
from registry.models.relationships import Relationship
from registry.models.tags import RegistrantTag
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location, make_person
from tests.web.conftest import Browser

NORTH = 0x8825  # where EXIF keeps the place a picture was taken at


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def home(session: Session, areas: dict[str, Area]) -> Registrant:
    place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
    home = make_household(session, place, name="Amina Doro")
    make_person(session, home, relation="head", name="Amina Doro")
    return home


@pytest.fixture
def amina(session: Session, home: Registrant) -> Registrant:
    member = select(Membership.member_id).where(Membership.group_id == home.id)
    return session.get_one(Registrant, session.scalars(member).one())


@pytest.fixture
def registrar(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.REGISTRAR)


def picture(kind: str = "JPEG") -> bytes:
    """A picture that says where it was taken."""
    exif = Image.Exif()
    exif[NORTH] = {1: "N", 2: (14.0, 35.0, 0.0)}
    exif[0x010F] = "A camera"
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, kind, exif=exif)
    return file.getvalue()


def test_a_person_is_changed_on_a_form_that_keeps_what_was_written(
    session: Session, registrar: Browser, amina: Registrant
) -> None:
    address = f"/registry/{amina.number}/edit"
    assert 'value="1990-03-14"' in registrar.get(address).text
    said = {"name": "Amina Sen", "sex": "female", "birth_date": "1991", "wg_seeing": "3"}

    wrong = registrar.act(address, **{**said, "birth_date": "19910"})
    assert wrong.status_code == 422
    assert 'value="Amina Sen"' in wrong.text
    registrar.act(address, **said)
    session.expire_all()

    person = session.get_one(Individual, amina.id)
    assert (amina.name, person.birth_date) == ("Amina Sen", date(1991, 7, 1))
    assert not person.birth_date_exact
    assert person.disabled


def test_a_child_is_added_to_a_household(
    session: Session, registrar: Browser, home: Registrant
) -> None:
    assert "A new person" in registrar.get(f"/registry/{home.number}/people/new").text
    said = {"name-1": "Zuri Doro", "relation-1": "child", "sex-1": "female", "on": "2026-01-02"}

    page = registrar.act(f"/registry/{home.number}/people", **said)

    assert page.request.path == f"/registry/{home.number}"
    assert "Zuri Doro" in page.text
    assert registrar.act(f"/registry/{home.number}/people", **{"name-1": ""}).status_code == 422


def test_what_stands_beside_a_record_is_written_down_on_its_tab(
    session: Session, registrar: Browser, home: Registrant, amina: Registrant
) -> None:
    at = f"/registry/{amina.number}"
    registrar.act(f"{at}/identifiers", type="passport", value="P-77", expires_on="2099-01-01")
    registrar.act(f"{at}/accounts", kind="bank", value="GB82 WEST 1234 5698 7654 32")
    registrar.act(f"{at}/contacts", kind=["phone", "email"], value=["+254712345678", ""], main="0")
    registrar.act(f"{at}/tags", tag=["displaced"])
    page = registrar.act(f"{at}/ties", other=home.number, kind="guardian").text

    for shown in ("P-77", "•••• 5432", "+254712345678", "displaced", "guardian", home.number):
        assert shown in page
    for table in (Identifier, Account, Contact, RegistrantTag, Relationship):
        assert session.scalars(select(table)).one()
    tie, account = (session.scalars(select(t)).one() for t in (Relationship, Account))
    registrar.act(f"{at}/ties/{tie.id}/end")
    registrar.act(f"{at}/accounts/{account.id}/close")
    held = session.scalars(select(Identifier)).one()
    done = registrar.act(f"{at}/identifiers/{held.id}/revoke").text
    assert done.count("revoked") >= 1
    assert "closed" in done
    told = registrar.get(f"{at}?tab=timeline").text
    for sentence in ("An account was closed.", "A tie ended, to:", "An identifier was revoked."):
        assert sentence in told


def test_a_picture_is_kept_without_its_place_and_removed_with_a_reason(
    session: Session, registrar: Browser, amina: Registrant
) -> None:
    at = f"/registry/{amina.number}/documents"
    registrar.act(at, kind="picture", name="At the door", file=(io.BytesIO(picture()), "a.jpg"))

    kept = session.scalars(select(Document)).one()
    answer = registrar.get(f"{at}/{kept.id}")
    assert answer.mimetype == "image/jpeg"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    with Image.open(io.BytesIO(answer.data)) as shown:
        assert dict(shown.getexif()) == {}
        assert shown.size == (40, 30)
    file = path_of(str(kept.sha256))
    registrar.act(f"{at}/{kept.id}/remove", reason="It shows somebody else")
    session.expire_all()

    assert (kept.sha256, kept.removed_because) == (None, "It shows somebody else")
    assert not file.exists()
    assert registrar.get(f"{at}/{kept.id}").status_code == 404


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"MZ\x90\x00", "no picture"),
        (b"<svg onload=alert(1)>", "no picture"),
        (b"\xff\xd8\xff\xe0 no jpeg", "cannot be opened"),
        (b"%PDF-1.4" + b"0" * (10 << 20), "at most 10 MB"),
        (b"", "nothing in this file"),
    ],
)
def test_a_file_is_taken_for_what_its_bytes_say(
    session: Session, registrar: Browser, amina: Registrant, file: bytes, sentence: str
) -> None:
    sent = (io.BytesIO(file), "passport.jpg")
    answer = registrar.act(f"/registry/{amina.number}/documents", kind="picture", file=sent)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert session.scalars(select(Document)).all() == []


def test_who_may_not_open_documents_does_not_see_that_there_are_any(
    session: Session, signed_in: Callable[..., Browser], amina: Registrant
) -> None:
    said = {"kind": "medical", "name": "Letter", "bytes": 1, "media": "application/pdf"}
    session.add(Document(registrant_id=amina.id, sha256="0" * 64, **said))
    session.flush()
    coordinator = signed_in(Role.COORDINATOR)

    page = coordinator.get(f"/registry/{amina.number}?tab=record").text
    assert "Documents and pictures" not in page
    kept = session.scalars(select(Document)).one()
    assert coordinator.get(f"/registry/{amina.number}/documents/{kept.id}").status_code == 403
    assert coordinator.get(f"/registry/{amina.number}/edit").status_code == 403
