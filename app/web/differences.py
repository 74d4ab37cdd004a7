"""The difference of two releases: a page, and its table to take along."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from app.request import actor, db
from app.web.asking import usual_threshold
from app.web.exports import sent
from app.web.maps import legend_of, map_settings
from core.words import _
from geo.queries.areas import level_names
from geo.queries.differences import Change, Pair, areas_changed, comparable, pair_of
from geo.queries.releases import release_page, table_level_of
from registry.queries.differences import CHANGES, difference, tells_of_households
from registry.queries.tables import table_of_difference

bp = Blueprint("differences", __name__, url_prefix="/hazards")


@bp.get("/<int:release_id>/difference")
def show(release_id: int) -> str:
    pair, threshold, level = _asked(release_id)
    told = tells_of_households(actor())
    return render_template(
        "differences/show.html",
        page=release_page(db(), release_id, actor=actor()),
        pair=pair,
        others=comparable(db(), pair.after),
        threshold=threshold,
        level=level_names(db()).get(level, ""),
        areas=areas_changed(db(), pair, level, actor=actor()),
        told=difference(db(), pair, threshold, level, actor=actor()) if told else None,
        **_words(pair, threshold),
    )


@bp.get("/<int:release_id>/difference.<kind>")
def table(release_id: int, kind: str) -> Response:
    pair, threshold, level = _asked(release_id)
    taken = table_of_difference(db(), pair, threshold, level, actor=actor())
    return sent(taken, kind, f"{pair.before.id}-{pair.after.id}")


def _asked(release_id: int) -> tuple[Pair, float | None, int]:
    """The two releases of an address, the threshold, and the level of the table."""
    before = request.args.get("before", type=int)
    pair = pair_of(db(), release_id, before, actor=actor())
    threshold = request.args.get("min", usual_threshold(pair.after), type=float)
    return pair, threshold, request.args.get("level", table_level_of(db()), type=int)


def _words(pair: Pair, threshold: float | None) -> dict[str, Any]:
    return {
        "said": change_words(),
        "changes": CHANGES,
        "map_settings": map_settings(db(), actor(), pair.after, threshold),
        "legend": legend_of(pair.after),
    }


def change_words() -> dict[Change, str]:
    """What each change is called, in the reader's language."""
    return {
        Change.ENTER: _("Enter"),
        Change.LEAVE: _("Leave"),
        Change.CHANGE_CLASS: _("Change class"),
        Change.STAY_IN: _("Stay in"),
        Change.STAY_OUT: _("Stay out"),
        Change.NOW_IN: _("Now observed: in"),
        Change.NOW_OUT: _("Now observed: out"),
        Change.WAS_IN: _("No longer observed: were in"),
        Change.WAS_OUT: _("No longer observed: were out"),
        Change.UNSEEN: _("Observed by neither"),
    }
