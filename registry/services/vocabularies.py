"""Adding words to lists, saying them in other languages, and retiring them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid, NotFound
from core.words import SOURCE
from registry.models.vocabularies import Word
from registry.permissions import May

CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")
LONGEST, MOST = 120, 40  # letters of a word, and other ways to write it
# Words that mean something to the platform itself, beyond what they are called.
NEEDED = frozenset(
    {
        *(("sex", "female"), ("sex", "male")),
        *(("relation", "head"), ("relation", "member"), ("group_kind", "household")),
        *(("document_type", "picture"), ("id_type", "other")),
    }
)


class WordCodeImpossible(Invalid):
    """ "{code}" cannot be a code; write small letters, digits and _, a letter first."""


class WordTaken(Conflict):
    """The list has the word "{code}" already; change that, or take another code."""


class WordNameless(Invalid):
    """A word needs what it is called in English, of at most 120 letters."""


class WordNeeded(Conflict):
    """The platform itself needs this word; call it what you like, but keep it."""


class WordMissing(NotFound):
    """The list {list} has no word {code}."""


@dataclass(frozen=True)
class Said:
    """What a word is called, by language tag, and in which other ways files write it."""

    labels: Mapping[str, str]
    synonyms: Sequence[str] = field(default_factory=tuple)


def add_word(session: Session, list_name: str, code: str, said: Said, *, actor: Actor) -> Word:
    """Add a word to a list; the first word of a list makes it.

    Raises:
        Forbidden, WordCodeImpossible, WordTaken, WordNameless
    """
    actor.require(May.WRITE_VOCABULARIES)
    for each in (list_name, code):
        if not CODE.fullmatch(each):
            raise WordCodeImpossible(code=each[:60])
    _refuse_nameless(said)
    words = select(func.count(), func.count().filter(Word.code == code))
    position, taken = session.execute(words.where(Word.list == list_name)).one()
    if taken:
        raise WordTaken(code=code)
    inverse = code if list_name == "relationship" else None
    word = Word(list=list_name, code=code, position=position, inverse=inverse)
    _say(word, said)
    with audit.act(session, actor, "vocabularies.add", word) as figures:
        session.add(word)
        figures.update(list=list_name, code=code)
    return word


def change_word(session: Session, list_name: str, code: str, said: Said, *, actor: Actor) -> Word:
    """Call a word otherwise; its code, which records keep, stays.

    Raises:
        Forbidden, WordMissing, WordNameless
    """
    actor.require(May.WRITE_VOCABULARIES)
    _refuse_nameless(said)
    word = word_of(session, list_name, code)
    with audit.act(session, actor, "vocabularies.change", word) as figures:
        _say(word, said)
        figures.update(list=list_name, code=code)
    return word


def turn_word(session: Session, list_name: str, code: str, *, used: bool, actor: Actor) -> Word:
    """Retire a word, which records that have it keep, or take it into use again.

    Raises:
        Forbidden, WordMissing, WordNeeded
    """
    actor.require(May.WRITE_VOCABULARIES)
    word = word_of(session, list_name, code)
    if not used and (list_name, code) in NEEDED:
        raise WordNeeded
    with audit.act(session, actor, "vocabularies.turn", word) as figures:
        word.active = used
        figures.update(list=list_name, code=code, active=used)
    return word


def word_of(session: Session, list_name: str, code: str) -> Word:
    """A word of a list.

    Raises:
        WordMissing
    """
    asked = select(Word).where(Word.list == list_name, Word.code == code)
    word = session.scalars(asked).first()
    if word is None:
        raise WordMissing(list=list_name, code=code)
    return word


def _refuse_nameless(said: Said) -> None:
    names = [*said.labels.values(), *said.synonyms]
    if not said.labels.get(SOURCE, "").strip() or any(len(name) > LONGEST for name in names):
        raise WordNameless
    if len(said.synonyms) > MOST:
        raise WordNameless


def _say(word: Word, said: Said) -> None:
    word.labels = {tag: text.strip() for tag, text in said.labels.items() if text.strip()}
    written = (each.strip().lower() for each in said.synonyms)
    word.synonyms = [each for each in dict.fromkeys(written) if each]
