"""The file of a release on the desk: its parts, what its numbers are said to mean, its values."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, jsonify, render_template, request, send_file
from werkzeug.datastructures import FileStorage

from app.auth.models import User
from app.request import actor, db
from app.web.histograms import histogram_of
from app.web.maps import legend_of, map_settings
from app.web.meanings import answers_offered, code_rows, meaning_kept
from core.errors import Invalid
from core.storage import keep, path_of
from core.words import _
from geo.finding_words import told
from geo.measures import MEASURES
from geo.models.readings import FilePart, Role
from geo.models.releases import Release
from geo.plausible import doubt
from geo.products.meaning import ClassOf, Means
from geo.products.parts import PartKind
from geo.queries.product_answers import answer_before, classes_before
from geo.queries.readings import (
    choice_of,
    class_of,
    classes_read,
    companions_of,
    part_of,
    parts_of,
    repairs_of,
)
from geo.queries.release_findings import findings_of
from geo.queries.releases import ReleasePage, release_page, release_seen
from geo.raster.bands import Choice
from geo.release_values import value_at

bp = Blueprint("hazard_files", __name__, url_prefix="/hazards")

READABLE = (PartKind.GRID, PartKind.POLYGONS, PartKind.TABLE)
REPAIRS = 12  # told one by one


class PlaceMissing(Invalid):
    """Say a place by its longitude and latitude in degrees, as lon and lat."""


@bp.get("/<int:release_id>/parts/<int:number>.png")
def picture(release_id: int, number: int) -> Response:
    release = release_seen(db(), release_id, actor=actor())
    part = part_of(db(), release.id, number)
    answer = send_file(path_of(str(part.picture_sha256)), mimetype="image/png", max_age=3600)
    answer.cache_control.private = True
    return answer


@bp.get("/<int:release_id>/value")
def value(release_id: int) -> Response:
    release = release_seen(db(), release_id, actor=actor())
    lon, lat = (request.args.get(name, type=float) for name in ("lon", "lat"))
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise PlaceMissing
    found = value_at(db(), release, lon, lat)
    unit = _(release.unit) if release.unit else ""
    return jsonify(value=found.value, unit=unit, says=found.says)


def choice_sent(release_id: int) -> Choice:
    """Which part of a file a form picks, and where it says that lies."""
    crs = request.form.get("crs", "").strip() or None
    number = request.form.get("part", type=int)
    if number is None:
        return Choice(crs=crs)
    return choice_of(part_of(db(), release_id, number), crs)


def observed_file_sent() -> tuple[str, FileStorage] | None:
    """The file of what the image could see, under its name, if one came with a form."""
    file = request.files.get("observed_file")
    return (file.filename, file) if file and file.filename else None


def kept(file: tuple[str, FileStorage]) -> tuple[str, str]:
    """The name of a file that was sent, and what it is kept as."""
    name, sent = file
    return name, keep(sent.stream).sha256


def classes_asked(release: Release) -> list[tuple[ClassOf, int | None]]:
    """The codes of a file with how often each stands: its product's, else as they were counted."""
    known = [(class_of(one), one.count) for one in classes_read(db(), release.id)]
    codes = release.found.get("codes", {})
    return known or [(ClassOf(code, "", Means.IN), count) for code, count in codes.items()]


def unread_page(page: ReleasePage) -> str:
    """The page of a file that is being read, could not be, or waits for what it does not say."""
    release = page.release
    parts = [part for part in parts_of(db(), release.id) if part.kind in READABLE]
    places = release.found.get("places", [])
    if places:
        shapes = [_box(place["box"], number) for number, place in enumerate(places)]
        settings = map_settings(db(), actor(), None, households=None)
        settings["shapes"] = {"type": "FeatureCollection", "features": shapes}
        return render_template(
            "hazards/placing.html", page=page, places=places, map_settings=settings
        )
    return render_template("hazards/unread.html", page=page, parts=parts)


def desk_page(
    page: ReleasePage,
    *,
    asked: bool,
    sent: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> tuple[str, int]:
    """The page that asks what a file means, and then whether to publish it; as it was sent, with
    what is wrong in it."""
    release = page.release
    beside = companions_of(db(), release.id)
    before = answer_before(db(), release)
    meaning = sent if sent is not None else _meaning(page, beside[Role.OBSERVED])
    parts = parts_of(db(), release.id)
    written = render_template(
        "hazards/desk.html",
        page=page,
        meaning=meaning,
        asked=asked,
        faults=faults or {},
        codes=code_rows(release, classes_asked(release), meaning),
        parts=[part for part in parts if part.kind in READABLE],
        doubt=doubt_of(release, meaning),
        beside={role.value: [part.title for part in parts] for role, parts in beside.items()},
        repairs=repairs_of(db(), release.id)[:REPAIRS],
        odd=told(findings_of(db(), release.id), release.unit or ""),
        before=before,
        answerer=_name_of(before.answered_by) if before else "",
        licences=_licences(meaning.get("licence", "")),
        **_options(release, parts),
        legend=legend_of(release),
        histogram=histogram_of(release, release.histogram or []),
        map_settings=map_settings(db(), actor(), release, release.floor, households=None),
    )
    return written, 422 if faults else 200


def _meaning(page: ReleasePage, observed: list[FilePart]) -> dict[str, str]:
    """What stands in the form at first; with what was answered before, or what another release was
    said to mean, if that is wanted."""
    like = request.args.get("like", type=int)
    shown = release_page(db(), like, actor=actor()) if like else page
    meaning = meaning_kept(shown, next(iter(observed), None))
    answer = answer_before(db(), page.release)
    if answer is None or "answers" not in request.args:
        return meaning
    return meaning | answers_offered(answer, classes_before(db(), answer))


def doubt_of(release: Release, meaning: Mapping[str, str]) -> str:
    """What there is to say about the unit: of a grid, or of the column of a table."""
    spans = release.found.get("spans", {})
    most = release.found.get("most") or spans.get(meaning.get("value_field"), [0, 0])[1]
    return doubt(meaning.get("measure"), most)


def _name_of(user_id: int) -> str:
    user = db().get(User, user_id)
    return user.name if user else _("the platform")


def _box(box: list[float], number: int) -> dict[str, object]:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "id": number, "properties": {}, "geometry": shape}


def _options(release: Release, parts: Sequence[FilePart]) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen from in the form of the meaning."""
    units = dict.fromkeys(unit for units in MEASURES.values() for unit in units)
    layers = [part for part in parts if part.kind is PartKind.POLYGONS]
    return {
        "measures": [(measure, _(measure)) for measure in MEASURES],
        "units": [(unit, _(unit)) for unit in units],
        "columns": [(name, name) for name in release.found.get("numeric", [])],
        "layers_in_file": [(str(part.number), part.title) for part in layers],
        "meanings": [
            ("number", _("its number")),
            (Means.IN.value, _("hit")),
            (Means.OUT.value, _("not hit")),
            (Means.NOT_OBSERVED.value, _("not observed")),
            (Means.PERMANENT_WATER.value, _("permanent water")),
            (Means.CLOUD.value, _("cloud or its shadow")),
            (Means.EXCLUDED.value, _("excluded: cannot be told")),
        ],
    }


def _licences(said: str) -> list[tuple[str, str]]:
    """The licences to choose from, and the one that was said."""
    usual = {
        "": _("not said"),
        "CC BY 4.0": "CC BY 4.0",
        "CC BY-SA 4.0": "CC BY-SA 4.0",
        "CC BY-NC 4.0": "CC BY-NC 4.0",
        "Copernicus": _("Copernicus, free with credit"),
        "Apache-2.0": _("Apache licence 2.0"),
        "Public domain": _("Public domain"),
        "Internal use only": _("Internal use only"),
    }
    return list((usual | {said: usual.get(said, said)}).items())
