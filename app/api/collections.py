"""The collections of the service: of places and hazards, and the households of the registry."""

from collections.abc import Iterable

from app.auth.purposes import require_stated
from app.looks import look_at
from app.request import actor, db
from geo.queries import collections
from geo.queries.collections import CollectionUnknown, Listed
from geo.queries.features import Collection
from geo.queries.tiles import Tile, keys_in
from registry.models.fields import Scope
from registry.queries.fields import known_fields
from registry.queries.household_collections import (
    HOUSEHOLDS,
    every_household,
    households_title,
    keys_of,
    sees_households,
)


def listed() -> list[Listed]:
    """The collections whoever asks may ask for."""
    found = collections.listed(db(), actor=actor())
    people = [Listed(HOUSEHOLDS, households_title())] if sees_households(actor()) else []
    return found + people


def named(name: str) -> Collection:
    """A collection by its name, to be told about.

    Raises:
        CollectionUnknown: there is none of this name, or it is not for whoever asks.
    """
    if name != HOUSEHOLDS:
        return collections.collection_named(db(), name, actor=actor())
    if not sees_households(actor()):
        raise CollectionUnknown(asked=name)
    return every_household(actor(), known_fields(db(), Scope.GROUP))


def opened(name: str) -> Collection:
    """A collection by its name, to be shown; people only for a purpose, where that is asked for.

    Raises:
        CollectionUnknown, PurposeFirst
    """
    found = named(name)
    if found.id == HOUSEHOLDS:
        require_stated()
    return found


def note_shown(found: Collection, keys: Iterable[str]) -> None:
    """Note a look at the people who were shown, by the keys of their features."""
    if found.id == HOUSEHOLDS:
        look_at(keys_of(db(), list(keys)))


def note_tile(found: Collection, at: Tile) -> None:
    """Note a look at the people a tile showed."""
    if found.id == HOUSEHOLDS:
        look_at(keys_of(db(), keys_in(db(), at, found)))
