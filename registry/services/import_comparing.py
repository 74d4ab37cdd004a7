"""Holding the rows of an import that would make new people against those who are registered.

They are compared as duplicates are (`registry.matching.fuzzy`); whether they are the same a person
decides, row by row.
"""

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.bulk import copy_into
from core.jobs import Progress
from core.words import _
from geo.models.locations import Location
from registry.matching.fuzzy import alike
from registry.matching.records import read_records
from registry.models.imports import Import, ImportRow, ImportState, Verdict
from registry.models.registrants import Registrant, RegistrantKind
from registry.parsing.names import OUTSIDE_LATIN, bones, romanised
from registry.parsing.numbers import contact_key
from registry.permissions import May
from registry.services.duplicates import least_likeness, read_all
from registry.services.import_decisions import counted
from registry.services.names import read_all as read_names

if TYPE_CHECKING:
    import pyarrow as pa

CLOSEST = 5  # registrants a row is shown beside
AT_ONCE = 10_000  # rows
RECORD = (
    *("id", "kind", "household", "said", "local", "latin", "bones", "sex", "born", "exact"),
    *("area", "lon", "lat", "identifiers", "contacts", "accounts"),
)
FRESH = text("""
    create temporary table found_alike (row_number bigint, registrant_id bigint, score real,
                                        reasons text[]) on commit drop
""")
WRITE = text("""
    insert into import_matches (import_id, row_number, registrant_id, score, reasons, area_id)
    select :import_id, f.row_number, f.registrant_id, f.score, f.reasons, r.area_id
    from found_alike f join registrants r on r.id = f.registrant_id
""")
FORGET = text("delete from import_matches where import_id = :import_id")
DONE = text("drop table found_alike")


def compare(session: Session, import_id: int, *, actor: Actor, progress: Progress) -> int:
    """Find whom the new people of an import are like; answers how many rows are.

    An import that has gone on meanwhile is left as it is: nobody waits for the answer any more.

    Raises:
        Forbidden, Cancelled
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = session.get(Import, import_id, with_for_update=True)
    if found is None or found.state is not ImportState.CHECKED:
        return 0
    with audit.act(session, actor, "imports.compare", found) as figures:
        progress.report(0, 2, _("reading the registry"))
        read_names(session, lambda _done, _all: None)
        pairs = _pairs(session, found)
        progress.report(1, 2, _("writing down who is alike"))
        rows = _write(session, found, pairs)
        found.compared_at, found.counts = func.now(), counted(session, found)
        figures.update(rows=rows)
    return rows


def _pairs(session: Session, found: Import) -> "pa.Table":
    """Rows and registrants that are alike; a row's id is its number below zero."""
    people = select(Registrant.id).where(Registrant.kind == RegistrantKind.INDIVIDUAL)
    with tempfile.TemporaryDirectory() as room:
        file = Path(room) / "rows.csv"
        with file.open("w", newline="", encoding="utf-8") as written:
            _write_records(session, found, written)
        with file.open("rb") as stream:
            ours = read_records(stream)
        return alike(ours, read_all(session, people), least=least_likeness(), room=Path(room))[0]


def _write_records(session: Session, found: Import, file: IO[str]) -> None:
    out = csv.writer(file)
    out.writerow(RECORD)
    for row, lon, lat in session.execute(_new(found)).yield_per(AT_ONCE):
        out.writerow(_record(row, dict(zip(found.fields, row.cells, strict=False)), lon, lat))


def _new(found: Import) -> Select[ImportRow, float | None, float | None]:
    """The rows that would make somebody new, and where the household of each stands."""
    row = ImportRow
    return (
        select(row, Location.lon, Location.lat)
        .outerjoin(Registrant, Registrant.id == row.group_id)
        .outerjoin(Location, Location.id == Registrant.location_id)
        .where(
            row.import_id == found.id,
            row.verdict == Verdict.CREATE,
            row.decided.is_(None),
            row.registrant_id.is_(None),
        )
    )


def _record(
    row: ImportRow, cells: Mapping[str, str | None], lon: float | None, lat: float | None
) -> Sequence[object]:
    """A row as `registry.matching.records` reads it; a cell without anything is empty."""
    name, local = cells.get("name") or "", cells.get("name_local") or ""
    kind, known = cells.get("id_type"), {"t": "yes", "f": "no"}
    exact = next(
        (sign for sign, word in known.items() if word == cells.get("birth_date_exact")), ""
    )
    phone = cells.get("phone")
    return (
        *(-row.row_number, RegistrantKind.INDIVIDUAL.value, ""),
        *(romanised(name or local), romanised(local) if name and local else ""),
        "f" if OUTSIDE_LATIN.search(name or local) else "t",
        " ".join(bones(f"{name} {local}")),
        *(cells.get("sex") or "", cells.get("birth_date") or "", exact),
        row.area_id or "",
        *(cells.get("longitude") or lon or "", cells.get("latitude") or lat or ""),
        f"{kind} {row.id_key}" if kind and row.id_key else "",
        *(contact_key(phone) if phone else "", ""),
    )


def _write(session: Session, found: Import, pairs: "pa.Table") -> int:
    rows = list(_closest(pairs))
    session.execute(FORGET, {"import_id": found.id})
    session.execute(FRESH)
    copy_into(session, "found_alike", ("row_number", "registrant_id", "score", "reasons"), rows)
    session.execute(WRITE, {"import_id": found.id})
    session.execute(DONE)
    return len({row[0] for row in rows})


def _closest(pairs: "pa.Table") -> Iterator[tuple[int, int, float, list[str]]]:
    """Rows beside those they are most like; pairs come the likeliest first."""
    times: dict[int, int] = {}
    columns = (pairs[name].to_pylist() for name in ("left", "right", "score", "reasons"))
    for left, right, score, reasons in zip(*columns, strict=True):
        if left < 0 < right and times.get(left, 0) < CLOSEST:
            times[left] = times.get(left, 0) + 1
            yield -left, right, score, reasons
