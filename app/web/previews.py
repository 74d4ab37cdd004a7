"""A file on the desk as it would be shown if its numbers meant something else."""

import math
from collections.abc import Mapping

from flask import Blueprint, render_template, request

from app.request import actor, db
from app.web.hazard_files import doubt_of
from app.web.histograms import histogram_of
from app.web.maps import legend_of, release_shown
from app.web.meanings import one_of
from geo.models.releases import Direction, Release
from geo.queries.releases import release_seen

bp = Blueprint("previews", __name__, url_prefix="/hazards")

SAID = ("measure", "unit", "direction", "floor")


@bp.get("/<int:release_id>/as-if")
def show(release_id: int) -> str:
    """The histogram, the legend and the doubts of a file, by what its form says by now."""
    release = release_seen(db(), release_id, actor=actor())
    supposed = as_if(release, request.args)
    asked = {name: request.args[name] for name in SAID if name in request.args}
    return render_template(
        "hazards/_as_if.html",
        release=supposed,
        found=release.found,
        doubt=doubt_of(release, request.args),
        legend=legend_of(supposed),
        histogram=histogram_of(supposed, release.histogram or []),
        shown=release_shown(supposed, supposed.floor) | {"as_if": asked},
    )


def as_if(release: Release, said: Mapping[str, str]) -> Release:
    """A release as it would be drawn with another meaning; it is none of the session."""
    drawn = (
        "id",
        "kind",
        "bounds",
        "histogram",
        "histogram_edges",
        "observed_at",
        "forecast",
        "found",
    )
    return Release(
        **{name: getattr(release, name) for name in (*drawn, "day_only", "number")},
        measure=said.get("measure", release.measure) or None,
        unit=said.get("unit", release.unit) or None,
        direction=one_of(Direction, said.get("direction", release.direction)),
        floor=_number(said["floor"]) if "floor" in said else release.floor,
    )


def _number(text: str) -> float | None:
    """A number as it stands in a form; none while it is still being written."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
