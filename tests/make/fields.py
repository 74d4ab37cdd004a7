"""Fields of an installation's own, one of each type."""

from decimal import Decimal

from sqlalchemy.orm import Session

from registry.models.fields import FieldType, OwnField, Scope
from registry.models.vocabularies import Word
from registry.services.fields import Wanted, add_field
from tests.make.programs import DARA

KINDS: dict[str, FieldType] = {
    "roof": FieldType.WORD,
    "assets": FieldType.WORDS,
    "remark": FieldType.TEXT,
    "rooms": FieldType.WHOLE,
    "land": FieldType.NUMBER,
    "well": FieldType.FLAG,
    "visited": FieldType.DATE,
}
FILLED = {
    "roof": "straw",
    "assets": "straw,metal",
    "rooms": "3",
    "land": "2.5",
    "well": "yes",
    "visited": "2026-03-14",
}


def make_words(session: Session, name: str, *codes: str) -> None:
    """A word list."""
    session.add_all(Word(list=name, code=code, labels={"en": code.title()}) for code in codes)
    session.flush()


def make_field(
    session: Session, code: str, kind: FieldType, label: str, words: str = "roof"
) -> OwnField:
    """A field of households that everybody who counts may ask for."""
    listed = words if kind in (FieldType.WORD, FieldType.WORDS) else None
    most = Decimal(20) if kind is FieldType.WHOLE else None
    said = {"en": label}
    wanted = Wanted(
        Scope.GROUP, code, kind, said, {"en": label}, said, listed, most=most, needs=None
    )
    return add_field(session, wanted, actor=DARA)


def make_fields(session: Session, label: str = "Home", words: str = "roof") -> list[OwnField]:
    """One field of each type, of households, and their word list."""
    make_words(session, words, "straw", "metal")
    return [make_field(session, code, kind, label, words) for code, kind in KINDS.items()]
