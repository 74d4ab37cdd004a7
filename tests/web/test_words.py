"""Word lists are written on their page, and terms of filters offered by role."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from registry.models.vocabularies import Word
from registry.queries.vocabularies import codes
from tests.make.fields import make_words
from tests.make.geo import make_country
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


def word(session: Session, list_name: str, code: str) -> Word:
    session.expire_all()
    return session.scalars(select(Word).where(Word.list == list_name, Word.code == code)).one()


def test_a_word_of_a_new_list_is_added_and_called_in_two_languages(
    session: Session, signed_in: SignedIn
) -> None:
    office = signed_in(Role.ADMINISTRATOR)
    office.act("/vocabularies/", **{"new_list": "roof", "code": "straw", "label-en": "Straw"})
    said = {"label-en": "Thatch", "label-fr": "Chaume", "synonyms": "Paille, STRAW , paille"}
    office.act("/vocabularies/roof/straw", **said)

    made = word(session, "roof", "straw")
    assert made.labels == {"en": "Thatch", "fr": "Chaume"}
    assert made.synonyms == ["paille", "straw"]


def test_a_retired_word_is_not_taken_any_more(session: Session, signed_in: SignedIn) -> None:
    make_words(session, "roof", "straw", "metal")
    office = signed_in(Role.ADMINISTRATOR)
    office.act("/vocabularies/roof/straw/turn", state="retired")
    assert codes(session)["roof"] == {"metal"}

    office.act("/vocabularies/roof/straw/turn", state="used")
    assert codes(session)["roof"] == {"straw", "metal"}


@pytest.mark.parametrize(("list_name", "code"), [("relation", "head"), ("sex", "female")])
def test_a_word_the_platform_needs_is_kept(
    session: Session, signed_in: SignedIn, list_name: str, code: str
) -> None:
    path = f"/vocabularies/{list_name}/{code}/turn"

    answer = signed_in(Role.ADMINISTRATOR).act(path, follow=False, state="retired")

    assert answer.status_code == 409
    assert word(session, list_name, code).active


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"list": "sex", "code": "male", "label-en": "Man"}, 409),
        ({"list": "sex", "code": "Man!", "label-en": "Man"}, 422),
        ({"list": "sex", "code": "man", "label-en": " "}, 422),
        ({"new_list": "a b", "code": "man", "label-en": "Man"}, 422),
    ],
)
def test_what_is_no_word_is_refused_beside_what_was_written(
    signed_in: SignedIn, said: dict[str, str], status: int
) -> None:
    answer = signed_in(Role.ADMINISTRATOR).act("/vocabularies/", follow=False, **said)

    assert answer.status_code == status
    assert f'value="{said["code"]}"' in answer.text


def test_a_term_that_is_withheld_from_a_role_is_not_offered_to_it(
    session: Session, signed_in: SignedIn
) -> None:
    make_country(session)
    asked = {"written": "sex_of_head = 'female'"}
    assert signed_in(Role.COORDINATOR).act("/filters/count", **asked).status_code == 200

    kept = {"role": "coordinator", "offered": ["people", "size"]}
    assert "terms withheld" in signed_in(Role.ADMINISTRATOR).act("/admin/terms/", **kept).text

    refused = signed_in(Role.COORDINATOR).act("/filters/count", **asked)
    assert refused.status_code == 403
    assert (
        signed_in(Role.COORDINATOR).act("/filters/count", written="people > 2").status_code == 200
    )
    assert signed_in(Role.REGISTRAR).act("/filters/count", **asked).status_code == 200


def test_who_has_two_roles_is_offered_what_either_is(session: Session, signed_in: SignedIn) -> None:
    make_country(session)
    kept = {"role": "coordinator", "offered": ["people"]}
    signed_in(Role.ADMINISTRATOR).act("/admin/terms/", **kept)

    both = signed_in(Role.COORDINATOR, Role.REGISTRAR)

    assert both.act("/filters/count", written="size > 2").status_code == 200
