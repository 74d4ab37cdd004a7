"""Sentences about those a program is for, in pairs: of households, of people."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from core.words import _, counted
from programs.models.programs import Target

Said = str | Callable[..., str]
Pairs = Mapping[str, tuple[Said, Said]]


def several(one: str, many: str) -> Callable[..., str]:
    """A sentence that counts: it is called with the count and its other parts."""
    return partial(counted, one, many)


def filled(said: str) -> Callable[..., str]:
    """A sentence that is called with its parts."""
    return partial(_, said)


def said_of(target: Target, parts: Sequence[Pairs]) -> dict[str, Any]:
    """The sentences of pairs that are said of these."""
    place = list(Target).index(target)
    return {name: pair[place] for each in parts for name, pair in each.items()}
