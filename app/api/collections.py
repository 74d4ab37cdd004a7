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
from registry.queries.land_maps import PLOTS, every_plot, holders_of, land_title

OF_PEOPLE = {HOUSEHOLDS: keys_of, PLOTS: holders_of}
"""The collections that tell of people: by name, whom features are about."""


def listed() -> list[Listed]:
    """The collections whoever asks may ask for."""
    found = collections.listed(db(), actor=actor())
    if not sees_households(actor()):
        return found
    return [*found, Listed(HOUSEHOLDS, households_title()), Listed(PLOTS, land_title())]


def named(name: str) -> Collection:
    """A collection by its name, to be told about.

    Raises:
        CollectionUnknown: there is none of this name, or it is not for whoever asks.
    """
    if name not in OF_PEOPLE:
        return collections.collection_named(db(), name, actor=actor())
    if not sees_households(actor()):
        raise CollectionUnknown(asked=name)
    if name == PLOTS:
        return every_plot(actor())
    return every_household(actor(), known_fields(db(), Scope.GROUP))


def opened(name: str) -> Collection:
    """A collection by its name, to be shown; people only for a purpose, where that is asked for.

    Raises:
        CollectionUnknown, PurposeFirst
    """
    found = named(name)
    if found.id in OF_PEOPLE:
        require_stated()
    return found


def note_shown(found: Collection, keys: Iterable[str]) -> None:
    """Note a look at the people who were shown, by the keys of their features."""
    if found.id in OF_PEOPLE:
        look_at(OF_PEOPLE[found.id](db(), list(keys)))


def note_tile(found: Collection, at: Tile) -> None:
    """Note a look at the people a tile showed."""
    if found.id in OF_PEOPLE:
        look_at(OF_PEOPLE[found.id](db(), keys_in(db(), at, found)))
