"""The difference of two releases: a page, and its table to take along."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from app.request import actor, db
from app.web.asking import usual_threshold
from app.web.exports import sent
from app.web.maps import legend_of, map_settings
from core.words import _
from geo.models.releases import Release
from geo.queries.areas import finest_level, level_names
from geo.queries.differences import (
    Change,
    Pair,
    areas_changed,
    comparable,
    earlier,
    pair_of,
)
from geo.queries.releases import release_page, release_seen, table_level_of
from registry.queries.differences import CHANGES, difference, tells_of_households
from registry.queries.tables import table_of_difference

bp = Blueprint("differences", __name__, url_prefix="/hazards")


MOST_ON_MAP = 6_000  # areas that are coloured one by one
SHADES = {  # of areas on the map, by what becomes of them; what stays dry is left clear
    Change.ENTER: "--h5",
    Change.CHANGE_CLASS: "--h3",
    Change.STAY_IN: "--h2",
    Change.LEAVE: "--q2",
    Change.NOW_IN: "--h4",
    Change.WAS_IN: "--q1",
    Change.UNSEEN: "--m-no-line",
}


@bp.get("/<int:release_id>/difference")
def show(release_id: int) -> str:
    release = release_seen(db(), release_id, actor=actor())
    if not request.args.get("before", type=int) and earlier(db(), release) is None:
        return _choose(release)
    return _compared(release_id)


def _choose(release: Release) -> str:
    """The page that asks what to compare a release with that has none before it."""
    page = release_page(db(), release.id, actor=actor())
    others = comparable(db(), release)
    return render_template("differences/choose.html", page=page, others=others)


def _compared(release_id: int) -> str:
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
    level = finest_level(db(), MOST_ON_MAP)
    areas = areas_changed(db(), pair, level, actor=actor())
    shades = {area.pcode: SHADES[area.change] for area in areas if area.change in SHADES}
    changed = {"level": level, "shades": shades}
    there, said = {area.change for area in areas}, change_words()
    return {
        "said": said,
        "changes": CHANGES,
        "shades": [(said[change], shade) for change, shade in SHADES.items() if change in there],
        "map_settings": map_settings(db(), actor(), pair.after, threshold, changes=changed),
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
