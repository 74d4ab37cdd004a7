"""The releases of an event as a line of time, on which one is chosen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from app.web.asking import usual_threshold
from app.web.maps import release_shown
from core.actor import Actor
from core.clock import day_said
from core.words import _
from geo.models.releases import Release, ReleaseState
from geo.queries.clauses import ASKABLE
from geo.queries.episodes import episodes_of
from geo.release_words import measured, observed


@dataclass(frozen=True)
class Episode:
    """A release on the line: where it is looked at, what it is in words, its day, what its map
    shows, and whether it is the one that is shown."""

    release: Release
    href: str
    says: str
    day: str
    on_map: dict[str, Any]
    shown: bool

    @property
    def asked(self) -> bool:
        """Whether households can be sorted by it."""
        return self.release.state in ASKABLE

    @property
    def gone(self) -> bool:
        """Whether it was withdrawn."""
        return self.release.state is ReleaseState.WITHDRAWN


def timeline(
    session: Session, shown: Release | None, address: Callable[[Release], str], *, actor: Actor
) -> list[Episode]:
    """The releases of the event of the one that is shown, each led to by its address.

    Of one that was withdrawn nothing can be asked: it leads to its own page.
    """
    if shown is None:
        return []
    return [
        Episode(
            release=each,
            href=address(each) if each.state in ASKABLE else _own_page(each),
            says=_says(each),
            day=day_said(each.observed_at or each.published_at or each.created_at),
            on_map=release_shown(each, usual_threshold(each)),
            shown=each.id == shown.id,
        )
        for each in episodes_of(session, shown.event_id, actor=actor)
    ]


def _own_page(release: Release) -> str:
    return url_for("hazards.show", release_id=release.id)


def _says(release: Release) -> str:
    said = _("{what}, {when}", what=measured(release), when=observed(release))
    if release.state is ReleaseState.WITHDRAWN:
        return _("{what} (withdrawn)", what=said)
    return said
