"""The languages people may read in and names are written in, and which of them is the first."""

from collections.abc import Sequence

from babel import Locale, UnknownLocaleError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.permissions import May
from app.deciding.rows import decide
from core.actor import Actor
from core.country import country
from core.errors import Conflict, Invalid
from core.words import SOURCE
from registry.models.fields import FieldState, OwnField


class LanguageUnknown(Invalid):
    """ "{typed}" is no language; write its tag, such as fr, sw or pt-BR."""


class FirstNotOffered(Invalid):
    """The first language has to be one of those that are offered."""


class SourceNeeded(Conflict):
    """English stays: it is what words are shown in where another language lacks them."""


class LanguageRead(Conflict):
    """{language} cannot be taken away: {count} people read in it; they choose another one first."""


class LanguageWritten(Conflict):
    """{language} cannot be taken away: {count} fields have names in it; take those away first."""


def offer(session: Session, first: str, offered: Sequence[str], *, actor: Actor) -> frozenset[str]:
    """Offer these languages, by their tags; answers the names of what changed.

    Raises:
        Forbidden, LanguageUnknown, FirstNotOffered, SourceNeeded
        LanguageRead, LanguageWritten: one that would go is in use.
    """
    actor.require(May.WRITE_SETTINGS)
    tags = list(dict.fromkeys(tag_of(each) for each in offered if each.strip()))
    if SOURCE not in tags:
        raise SourceNeeded
    if first not in tags:
        raise FirstNotOffered
    for tag in {*country().languages} - {*tags}:
        _refuse_used(session, tag)
    row = {"language": first, "languages": tags}
    return decide(session, "languages", row, actor=actor)


def tag_of(typed: str) -> str:
    """The tag of a language as BCP 47 writes it.

    Raises:
        LanguageUnknown
    """
    try:
        found = Locale.parse(typed.strip(), sep="-" if "-" in typed else "_")
    except (ValueError, UnknownLocaleError) as broken:
        raise LanguageUnknown(typed=typed.strip()[:60]) from broken
    return str(found).replace("_", "-")


def language_called(tag: str) -> str:
    """What a language calls itself."""
    return str(Locale.parse(tag, sep="-").display_name or tag)


def _refuse_used(session: Session, tag: str) -> None:
    read = select(func.count()).where(User.language == tag, User.active)
    if count := session.scalar(read):
        raise LanguageRead(language=language_called(tag), count=count)
    written = select(func.count()).where(
        OwnField.labels.has_key(tag), OwnField.state == FieldState.ACTIVE
    )
    if count := session.scalar(written):
        raise LanguageWritten(language=language_called(tag), count=count)
