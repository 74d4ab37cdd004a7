"""The hazard desk: events, files sent to them, what they mean, and their publication."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.intake import fetching_is_on, files_sent, take_in
from app.request import actor, db
from app.web.hazard_files import (
    choice_sent,
    classes_asked,
    desk_page,
    kept,
    observed_file_sent,
    unread_page,
)
from app.web.maps import legend_of, map_settings
from app.web.meanings import meaning_sent, one_of, shock_sent
from app.web.timelines import timeline
from core.jobs import defer
from core.words import _
from geo.jobs import releases as works
from geo.jobs.context import put_off_measuring
from geo.models.events import EventKind, EventState, Severity
from geo.models.releases import Release, ReleaseState
from geo.permissions import May
from geo.queries.areas import level_names
from geo.queries.context import measured, unmeasured
from geo.queries.differences import comparable
from geo.queries.release_outlines import told_in_shapes
from geo.queries.releases import (
    PUBLIC,
    ReleasePage,
    areas_hit,
    hazard_desk,
    maps_told_of,
    open_events,
    release_page,
    release_seen,
    table_level_of,
)
from geo.services import events, releases
from geo.services.meanings import choose_in_file, confirm_release, faults_of
from geo.services.sanity import accept_findings

bp = Blueprint("hazards", __name__, url_prefix="/hazards")

UNREAD = (ReleaseState.RECEIVED, ReleaseState.ASKED, ReleaseState.REFUSED)


@bp.get("/")
def index() -> str:
    desk = hazard_desk(db(), actor=actor())
    options = [(each.event.id, each.event.name) for each in desk if each.is_open]
    return render_template(
        "hazards/index.html", desk=desk, options=options, fetches=fetching_is_on(), **_kinds()
    )


@bp.get("/new")
def new() -> str:
    """Send a file; where there is no event yet, write one down first."""
    options = [(event.id, event.name) for event in open_events(db(), actor=actor())]
    chosen = request.args.get("event", type=int)
    return render_template(
        "hazards/new.html", options=options, chosen=chosen, fetches=fetching_is_on(), **_kinds()
    )


@bp.post("/events")
def create_event() -> Response:
    event = events.create_event(db(), shock_sent(request.form), actor=actor())
    flash(_("{name} was written down. Add its first file.", name=event.name))
    return redirect(url_for(".new", event=event.id), 303)


@bp.post("/events/<int:event_id>/state")
def turn_event(event_id: int) -> Response:
    state = one_of(EventState, request.form.get("state", ""))
    events.turn_event(db(), event_id, state, actor=actor())
    return redirect(url_for(".index"), 303)


@bp.post("/")
def receive() -> Response:
    files = files_sent(request.files.getlist("file"))
    taken = take_in(db(), request.form.get("event", 0, int), files, actor=actor())
    for one in taken:
        if one.known:
            name = one.release.original_name
            flash(_("{name} is here already, byte by byte: this release.", name=name))
    if len(taken) == 1:
        return redirect(url_for(".show", release_id=taken[0].release.id), 303)
    flash(_("{count} files came in; each is read by itself.", count=len(taken)))
    return redirect(url_for(".index"), 303)


@bp.get("/<int:release_id>")
def show(release_id: int) -> str:
    page = release_page(db(), release_id, actor=actor())
    if page.release.state in UNREAD:
        return unread_page(page)
    if page.release.state in PUBLIC:
        return _published(page)
    asked = page.release.state is ReleaseState.READ or "change" in request.args
    return desk_page(page, asked=asked)[0]


@bp.post("/<int:release_id>/choice")
def choose(release_id: int) -> Response:
    choose_in_file(db(), release_id, choice_sent(release_id), actor=actor())
    _put_off(works.read_release, release_id)
    return redirect(url_for(".show", release_id=release_id), 303)


@bp.post("/<int:release_id>/meaning")
def confirm(release_id: int) -> ResponseReturnValue:
    actor().require(May.CONFIRM_RELEASES)
    page = release_page(db(), release_id, actor=actor())
    codes = [one for one, _count in classes_asked(page.release)]
    meaning = meaning_sent(request.form, page.release, codes)
    if file := observed_file_sent():
        meaning = replace(meaning, observed_file=(file[0], ""))
    if faults := faults_of(page.release, meaning):
        return desk_page(page, sent=request.form, asked=True, faults=faults)
    if file:
        meaning = replace(meaning, observed_file=kept(file))
    confirm_release(db(), release_id, meaning, actor=actor())
    _put_off(works.look_over, release_id)
    return redirect(url_for(".show", release_id=release_id), 303)


@bp.post("/<int:release_id>/look")
def look_over(release_id: int) -> Response:
    """Look over again what was confirmed: areas were loaded meanwhile, or the work was stopped."""
    actor().require(May.CONFIRM_RELEASES)
    releases.locked(db(), release_id, {ReleaseState.CONFIRMED})
    _put_off(works.look_over, release_id)
    return redirect(url_for(".show", release_id=release_id), 303)


@bp.post("/<int:release_id>/publication")
def publish(release_id: int) -> Response:
    accept_findings(db(), release_id, request.form.getlist("accepted"), actor=actor())
    releases.ask_publication(db(), release_id, actor=actor())
    _put_off(works.publish, release_id)
    return redirect(url_for(".show", release_id=release_id), 303)


@bp.post("/<int:release_id>/standing")
def measure(release_id: int) -> Response:
    """Measure what stands in a release that was not in force as layers came."""
    release = release_seen(db(), release_id, actor=actor())
    actor().require(May.LOAD_LAYERS)
    put_off_measuring(db(), release, actor())
    flash(_("What stands in it is being measured; look again in a moment."))
    return redirect(url_for(".show", release_id=release_id), 303)


@bp.post("/<int:release_id>/withdrawal")
def withdraw(release_id: int) -> Response:
    reason = request.form.get("reason", "")
    number = releases.withdraw_release(db(), release_id, reason, actor=actor())
    flash(_("The release was withdrawn; nothing can be asked of it any more."))
    if number is not None:
        flash(_("Release {number} of the layer is in force now.", number=number))
    return redirect(url_for(".show", release_id=release_id), 303)


@bp.post("/<int:release_id>/refusal")
def refuse(release_id: int) -> Response:
    releases.refuse_release(db(), release_id, request.form.get("reason", ""), actor=actor())
    flash(_("The file was set aside."))
    return redirect(url_for(".show", release_id=release_id), 303)


def _put_off(work: Callable[..., Any], release_id: int) -> None:
    """Let a worker do it; one work at a time on a release."""
    release = db().get_one(Release, release_id)
    only = f"release {release_id}"
    defer(db(), work, actor=actor(), about=release, dedupe=only, release_id=release_id)


def _published(page: ReleasePage) -> str:
    maps = maps_told_of(db(), page.release)
    asked = request.args.get("map", "")
    version = asked if asked in maps[1:] else ""
    level = table_level_of(db(), version)
    return render_template(
        "hazards/published.html",
        page=page,
        areas=areas_hit(db(), page.release, level, version, actor=actor()),
        maps=maps,
        version=version,
        level=level_names(db()).get(level, _("Area")),
        compares=bool(comparable(db(), page.release)),
        has_shapes=told_in_shapes(page.release),
        standing=[] if version else measured(db(), page.release, level, actor=actor()),
        unmeasured=unmeasured(db(), page.release),
        legend=legend_of(page.release),
        line=timeline(db(), page.release, _address, actor=actor()),
        map_settings=map_settings(db(), actor(), page.release, page.release.floor),
    )


def _address(release: Release) -> str:
    return url_for(".show", release_id=release.id)


def _kinds() -> dict[str, dict[str, str]]:
    """The words for kinds and severities of events, by their stored values."""
    return {
        "kinds": {
            EventKind.FLOOD.value: _("Flood"),
            EventKind.STORM.value: _("Storm"),
            EventKind.EARTHQUAKE.value: _("Earthquake"),
            EventKind.DROUGHT.value: _("Drought"),
            EventKind.OTHER.value: _("Other"),
        },
        "severities": {
            Severity.EXTREME.value: _("Extreme"),
            Severity.SEVERE.value: _("Severe"),
            Severity.MODERATE.value: _("Moderate"),
            Severity.MINOR.value: _("Minor"),
            Severity.UNKNOWN.value: _("Not known yet"),
        },
    }
