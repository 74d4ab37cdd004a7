"""The start: what is going on, who is in it, and what waits for whoever looks."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, db
from app.web.asking import usual_threshold
from app.web.maps import legend_of, map_settings
from app.web.tasks import tasks_of
from app.web.timelines import timeline
from geo.models.releases import Release
from geo.permissions import May
from geo.queries.areas import level_names
from geo.queries.selections import Question, table_level
from geo.queries.situation import (
    Ongoing,
    bounds_of_areas,
    ongoing,
    release_meant,
    top_area,
)
from registry.queries.answers import Result, ask
from registry.queries.situation import anybody_registered

bp = Blueprint("situation", __name__)

START_OF_DISTRIBUTORS = "/redeem"  # who hands over sees no events
MOST_COUNTED = 4  # events whose households are counted for their card


@dataclass(frozen=True)
class Card:
    """An event with what its latest release says of the registered households."""

    ongoing: Ongoing
    release: Release | None
    threshold: float | None
    result: Result | None
    level: int = 1


@bp.get("/")
def show() -> str | Response:
    if not actor().may(May.READ_EVENTS):
        return redirect(START_OF_DISTRIBUTORS, 303)
    events = ongoing(db(), actor=actor())
    release = release_meant(db(), events, request.args.get("r", type=int))
    cards = [_card(event, release) for event in events[:MOST_COUNTED]]
    shown = next((card for card in cards if release and card.release is release), None)
    return render_template(
        "situation/show.html",
        now=datetime.now(UTC),
        country=top_area(db()),
        begun=_begun(),
        cards=cards,
        more=events[MOST_COUNTED:],
        shown=shown,
        line=timeline(db(), shown.release if shown else None, _address, actor=actor()),
        tasks=tasks_of(db(), actor()),
        map_settings=map_settings(db(), actor(), release, shown.threshold if shown else None),
        legend=legend_of(release),
        levels=level_names(db()),
    )


def _card(event: Ongoing, wanted: Release | None) -> Card:
    """An event's card; the release that is looked at stands for its event's latest."""
    looked_at = wanted is not None and wanted.event_id == event.event.id
    release = wanted if looked_at else event.latest
    if release is None:
        return Card(event, None, None, None)
    threshold = usual_threshold(release)
    question = Question(release_id=release.id, threshold=threshold)
    level = table_level(db(), question)
    return Card(event, release, threshold, ask(db(), question, actor=actor(), level=level), level)


def _address(release: Release) -> str:
    return url_for(".show", r=release.id)


def _begun() -> dict[str, bool]:
    """Which of the first steps of a new installation are done."""
    return {
        "areas": bounds_of_areas(db(), actor=actor()) is not None,
        "households": anybody_registered(db()),
    }
