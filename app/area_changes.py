"""New maps of areas for pages, commands and programs: prepared, put in force, and told."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.intake import FileNotChosen
from app.loading import carried_out
from core.actor import Actor
from core.jobs import defer
from core.storage import keep, keep_file
from geo.jobs.area_changes import enforce_boundaries, stage_boundaries
from geo.models.area_changes import AreaChange
from geo.permissions import May
from geo.queries.area_changes import ChangePage


def staged(
    session: Session, files: Mapping[str, FileStorage], form: Mapping[str, str], *, actor: Actor
) -> int:
    """Keep the files of a new map and put off preparing it; answers the work.

    Raises:
        Forbidden, FileNotChosen
    """
    actor.require(May.IMPORT_AREAS)
    file, codes = files.get("file"), files.get("codes")
    if file is None or not file.filename:
        raise FileNotChosen
    said: dict[str, Any] = {**_kept(file), "version": form.get("version", "").strip()}
    if codes is not None and codes.filename:
        said["codes"] = _kept(codes)
    return defer(session, stage_boundaries, actor=actor, dedupe=said["sha256"], **said)


def stage_map(file: Path, codes: Path | None, *, actor: Actor, **said: Any) -> dict[str, Any]:
    """Prepare a file of boundaries as a new map; answers what the job told of it."""
    if codes is not None:
        said["codes"] = {"sha256": keep_file(codes).sha256, "name": codes.name}
    sha256 = keep_file(file).sha256
    return carried_out(stage_boundaries, actor=actor, sha256=sha256, name=file.name, **said)


def enforce_map(change_id: int, *, actor: Actor) -> dict[str, Any]:
    """Put a map that waits in force; answers what the job told of it."""
    return carried_out(enforce_boundaries, actor=actor, change_id=change_id)


def change_told(change: AreaChange) -> dict[str, Any]:
    """A change of areas, in a line."""
    return {
        "id": change.id,
        "version": change.version,
        "from_version": change.from_version,
        "state": change.state.value,
        "prepared_at": change.created_at,
        "enforced_at": change.enforced_at,
    }


def page_told(page: ChangePage) -> dict[str, Any]:
    """A change of areas in full: what became of each area that is not the same, which ended and
    which are new, and how many places come from which area into which."""
    return {
        **change_told(page.change),
        "areas": {kind.value: count for kind, count in page.counts.items()},
        "links": [{**vars(each), "became": each.became.value} for each in page.links],
        "ended": [pcode for pcode, _name in page.gone],
        "new": [pcode for pcode, _name in page.new],
        "moves": [vars(each) for each in page.moves],
        "places": page.places,
        "to_look_at": page.to_look_at,
    }


def _kept(file: FileStorage) -> dict[str, str]:
    return {"sha256": keep(file.stream).sha256, "name": str(file.filename)}
