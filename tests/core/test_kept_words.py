"""Sentences that are stored, and told to each reader in a language of theirs."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.words import _, counted, kept, language_of, speaking, told
from geo.models.releases import Release
from tests.make.geo import make_event, make_release

PSEUDO = language_of("en-XA")


class Unreadable(Invalid):
    """{name} cannot be read: {reason}"""


def test_what_was_said_in_one_language_is_told_in_another() -> None:
    with speaking(PSEUDO):
        said = kept(_("It lacks its area of interest; say what the image could see."))

    assert told(said) == "It lacks its area of interest; say what the image could see."
    with speaking(PSEUDO):
        assert told(said).startswith("⟦It lacks its area of interest")


def test_the_parts_of_a_sentence_are_kept_and_those_that_are_sentences_are_told_too() -> None:
    with speaking(PSEUDO):
        why = counted("{count} shape was mended.", "{count} shapes were mended.", 1234)
        said = kept(Unreadable(name="flood.shp", reason=why).message)

    assert told(said) == "flood.shp cannot be read: 1,234 shapes were mended."


def test_a_text_that_is_no_sentence_stays_as_it_is() -> None:
    for plain in ("Wrong day", "", '{"says": 1}', "{name}"):
        assert told(kept(plain)) == plain


def test_a_column_of_words_is_read_in_the_language_of_its_reader(session: Session) -> None:
    release = make_release(session, make_event(session))
    with speaking(PSEUDO):
        release.refusal = Unreadable(name="flood.shp", reason="cut off").message
        session.flush()
    stored = text("select refusal from releases where id = :id")
    assert "{name} cannot be read" in str(session.scalar(stored, {"id": release.id}))

    session.expire(release)
    assert release.refusal == "flood.shp cannot be read: cut off"
    session.expire(release)
    with speaking(PSEUDO):
        assert str(release.refusal).startswith("⟦")
    assert session.scalars(select(Release.refusal)).one() == "flood.shp cannot be read: cut off"
