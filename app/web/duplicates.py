"""Records that may be of one household or person: the queue, two side by side, and the decision."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.looks import look_at
from app.request import actor, db
from app.web.maps import map_settings
from app.web.meanings import one_of
from app.web.side_by_side import lines_of, reasons, rules
from core.jobs import defer
from core.words import _
from geo.permissions import May as Geo
from geo.queries.areas import area_by_pcode
from programs.jobs.duplicates import look_for_duplicates_in
from programs.models.programs import Program
from programs.queries.reach import people_of, program_seen
from programs.services.merging import merge, unmerge
from registry.jobs.duplicates import look_for_duplicates
from registry.models.duplicates import DuplicatePair, PairState, RunKind
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.duplicates import last_run, next_pair, pair_by_id, pairs_page
from registry.queries.registrants import Registered, registered
from registry.queries.vocabularies import labels
from registry.services.duplicates import ask_again, not_duplicate
from registry.services.merging import TAKEN

bp = Blueprint("duplicates", __name__, url_prefix="/registry/duplicates")

SURROUNDINGS = 0.004  # degrees beyond the two places
SIDES = ("left", "right")


@bp.get("/")
def index() -> str:
    state = one_of(PairState, request.args.get("state", PairState.OPEN))
    pcode, after = request.args.get("area", ""), request.args.get("after", type=int)
    area = area_by_pcode(db(), pcode) if pcode else None
    program = _program(request.args.get("program", type=int))
    of = people_of(frozenset({program.id})) if program else None
    page = pairs_page(db(), state, area, actor=actor(), of=of, after=after)
    look_at(key for row in page.rows for key in (row.left_id, row.right_id))
    return render_template(
        "duplicates/index.html",
        page=page,
        state=state,
        here={"area": pcode or None, "program": program.id if program else None},
        area=area,
        program=program,
        ran=last_run(db(), program.id if program else None, actor=actor()),
        job=request.args.get("job", type=int),
        reasons=reasons(),
        rules=rules(),
    )


@bp.post("/look")
def look() -> Response:
    """Let a worker look for duplicates, in the whole registry or in one program."""
    actor().require(May.DECIDE_DUPLICATES)
    program = _program(request.form.get("program", type=int))
    if program is None:
        kind = one_of(RunKind, request.form.get("kind", RunKind.FAST))
        job = defer(db(), look_for_duplicates, actor=actor(), dedupe="registry", kind=kind)
        return redirect(url_for(".index", job=job), 303)
    only, of = f"program {program.id}", {"program_id": program.id}
    job = defer(db(), look_for_duplicates_in, actor=actor(), about=program, dedupe=only, **of)
    return redirect(url_for(".index", job=job, program=program.id), 303)


@bp.get("/<int:pair_id>")
def show(pair_id: int) -> str:
    pair = pair_by_id(db(), pair_id, actor=actor())
    left, right = (_registered(each) for each in (pair.left_id, pair.right_id))
    look_at([pair.left_id, pair.right_id])
    return render_template(
        "duplicates/show.html",
        pair=pair,
        left=left,
        right=right,
        lines=lines_of(left, right, labels(db()), actor().may(Geo.EXACT_LOCATIONS)),
        reasons=reasons(),
        settings=_map_of(left, right),
        next=next_pair(db(), pair, actor=actor()),
    )


@bp.post("/<int:pair_id>/two")
def two(pair_id: int) -> Response:
    """They are two."""
    pair = not_duplicate(db(), pair_id, request.form.get("because", ""), actor=actor())
    flash(_("They are two, and nobody is asked about them again."))
    return _onward(pair)


@bp.post("/<int:pair_id>/again")
def again(pair_id: int) -> Response:
    pair = ask_again(db(), pair_id, actor=actor())
    return redirect(url_for(".show", pair_id=pair.id), 303)


@bp.post("/<int:pair_id>/one")
def one(pair_id: int) -> Response:
    """They are one: the number that stays, and the fields that are taken from the other."""
    pair = pair_by_id(db(), pair_id, actor=actor())
    stays = request.form.get("stays", SIDES[0])
    keys = (pair.left_id, pair.right_id)
    ordered = keys if stays == "left" else keys[::-1]
    kept, gone = (db().get_one(Registrant, key) for key in ordered)
    merge(db(), kept.number, gone.number, _taken(stays), actor=actor())
    flash(_("{gone} is a part of {kept} now.", gone=gone.number, kept=kept.number))
    return _onward(pair)


@bp.post("/apart/<number>")
def apart(number: str) -> Response:
    """Take two apart that were merged."""
    back = unmerge(db(), number, actor=actor())
    flash(_("{number} is a record of its own again.", number=back.number))
    return redirect(url_for("registry.show", number=back.number), 303)


def _program(program_id: int | None) -> Program | None:
    return program_seen(db(), program_id, actor=actor()) if program_id else None


def _onward(pair: DuplicatePair) -> Response:
    following = next_pair(db(), pair, actor=actor())
    to = url_for(".show", pair_id=following) if following else url_for(".index")
    return redirect(to, 303)


def _registered(registrant_id: int) -> Registered:
    number = db().get_one(Registrant, registrant_id).number
    return registered(db(), number, actor=actor())


def _taken(stays: str) -> frozenset[str]:
    """The fields in which the record that goes is right."""
    return frozenset(name for name in TAKEN if request.form.get(name) in {*SIDES} - {stays})


def _map_of(left: Registered, right: Registered) -> dict[str, Any] | None:
    """Both places, for who may see them exactly."""
    if not actor().may(Geo.EXACT_LOCATIONS):
        return None
    points = {
        label: (each.place.lon, each.place.lat)
        for label, each in (("A", left), ("B", right))
        if each.place is not None and each.place.lon is not None and each.place.lat is not None
    }
    if not points:
        return None
    lons, lats = zip(*points.values(), strict=True)
    box = [min(lons) - SURROUNDINGS, min(lats) - SURROUNDINGS]
    box += [max(lons) + SURROUNDINGS, max(lats) + SURROUNDINGS]
    pins = [
        {"lon": lon, "lat": lat, "accuracy": None, "label": label}
        for label, (lon, lat) in points.items()
    ]
    return map_settings(db(), actor(), households=None, in_address=False, bounds=box, pins=pins)
