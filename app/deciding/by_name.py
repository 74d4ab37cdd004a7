"""Deciding values by their names, for a terminal: each goes through the act of its section."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy.orm import Session

from app.deciding import currencies, duplicates, figures, languages, places, profile, records
from core.actor import Actor
from core.country import Country, country
from core.errors import Invalid

READ: dict[type, Callable[[str], Any]] = {
    int: int,
    float: float,
    str: str,
    list: lambda typed: [each.strip() for each in typed.split(",") if each.strip()],
}


class ValueUnknown(Invalid):
    """There is no value {name}; the names are {known}."""


class ValueUnreadable(Invalid):
    """ "{typed}" cannot be {name}; write a number, or several words divided by commas."""


def _languages(session: Session, said: Mapping[str, Any], actor: Actor) -> frozenset[str]:
    return languages.offer(session, said["language"], said["languages"], actor=actor)


def _currencies(session: Session, said: Mapping[str, Any], actor: Actor) -> frozenset[str]:
    own = said["currency"] or ""
    return currencies.offer(session, own, said["currencies"], actor=actor)


def _by(kind: Any, act: Any) -> Callable[[Session, Mapping[str, Any], Actor], frozenset[str]]:
    def decide(session: Session, said: Mapping[str, Any], actor: Actor) -> frozenset[str]:
        found: frozenset[str] = act(session, kind(**said), actor=actor)
        return found

    return decide


Act = Callable[[Session, Mapping[str, Any], Actor], frozenset[str]]
SECTIONS: dict[tuple[str, ...], Act] = {
    tuple(each.name for each in fields(kind)): _by(kind, act)
    for kind, act in (
        (profile.Profile, profile.describe),
        (figures.Figures, figures.tell),
        (places.Doubts, places.doubt),
        (duplicates.Likeness, duplicates.suspect),
        (records.Records, records.bound),
    )
} | {("language", "languages"): _languages, ("currency", "currencies"): _currencies}
NAMES = sorted(name for names in SECTIONS for name in names)


def decide_named(session: Session, said: Mapping[str, str], *, actor: Actor) -> list[str]:
    """Decide these values as they were typed, all or none; answers the names of what changed.

    Raises:
        ValueUnknown, ValueUnreadable, and what the acts of the sections refuse.
    """
    for name in said:
        if name not in NAMES:
            raise ValueUnknown(name=name, known=", ".join(NAMES))
    fresh: list[str] = []
    for names, act in SECTIONS.items():
        if typed := {name: _read(name, said[name]) for name in names if name in said}:
            kept = {name: _kept(country(), name) for name in names}
            fresh += act(session, kept | typed, actor)
    return sorted(fresh)


def _kept(at: Country, name: str) -> Any:
    value = getattr(at, name)
    return "" if value is None else value


def _read(name: str, typed: str) -> Any:
    first = getattr(Country(), name)
    kind = list if isinstance(first, tuple) else str if first is None else type(first)
    try:
        return READ[kind](typed)
    except ValueError as broken:
        raise ValueUnreadable(typed=typed, name=name) from broken
