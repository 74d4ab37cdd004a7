"""One of everything, all of it named in Greek letters, so that a page in the pseudo-language that
shows Latin words shows a sentence nobody can translate."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, literal, literal_column, select, update
from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.platform import PLATFORM
from app.tables import metadata
from core import jobs
from core.actor import Actor
from core.jobs import Progress
from geo.measures import WATER_DEPTH
from geo.models.events import Layer, LayerKind
from geo.models.releases import Release
from geo.models.selections import Selection
from geo.queries.selections import Question
from programs.models.approvals import Approval
from programs.models.programs import Delivery
from programs.services.approvals import ask_approval
from programs.services.vouchers import issue_vouchers
from registry.models.vocabularies import Word
from registry.services.rosters import keep_list
from tests.make.exposure import make_exposure
from tests.make.geo import make_country, make_event, make_release
from tests.make.imports import make_import
from tests.make.programs import (
    DARA,
    STARTS_ON,
    make_approved,
    make_family,
    make_gift,
    make_prepared,
    make_program,
)
from tests.make.registry import make_location

FOUND = {
    "crs": "EPSG:4326",
    "width": 4,
    "height": 2,
    "cell": [1, 1],
    "dtype": "float32",
    "nodata": ["-9999"],
    "scaled": False,
    "cells": 8,
    "observed": 7,
    "zeros": 1,
    "least": 0,
    "most": 2,
    "asks_zeros": False,
    "notes": [],
}
NAMED = {
    "areas": ("name",),
    "area_levels": ("name",),
    "events": ("name",),
    "layers": ("name",),
    "releases": ("original_name",),
    "registrants": ("name",),
    "programs": ("name", "purpose"),
    "benefits": ("name",),
    "cycles": ("name",),
    "organisations": ("name",),
    "selections": ("name",),
    "rosters": ("name",),
    "users": ("name",),
    "audit_entries": ("actor_name",),
    "fund_entries": ("reference",),
    "imports": ("original_name",),
}
COLUMNS = {"code": "Γ", "longitude": "Δ", "latitude": "Θ", "size": "Λ", "area_pcode": "Ω"}
LIST = "Γ,Δ,Θ,Λ,Ω\n1,0.5,1.5,5,X11\n2,80.5,1.5,99,X11\n3,0.5,,Ψ,Ω\n"


def wait(session: Session, *, actor: Actor, progress: Progress) -> None:
    """Wait"""


def furnish(session: Session, user: User) -> dict[str, dict[str, Any]]:
    """Fill the platform; answers for each page that needs one the arguments of its address."""
    areas = make_country(session)
    place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
    release = _release(session)
    make_exposure(session, release, {place: 0.7})
    home = make_family(session, 3, place)
    program = make_program(session)
    prepared = make_prepared(session, program, home)
    ask_approval(session, prepared.id, actor=DARA)
    vouchers = make_gift(delivery=Delivery.VOUCHER)
    other = make_program(session, vouchers, purpose="drought")
    approved = make_approved(session, other, make_family(session, 2, place))
    issue_vouchers(session, approved.id, STARTS_ON.replace(year=2099), actor=DARA)
    kept = keep_list(session, Question(release_id=release.id), "Lower Oru", actor=DARA)
    sent = make_import(session, PLATFORM, LIST, COLUMNS)
    job = jobs.defer(session, wait, actor=Actor(user.id, user.name, frozenset()))
    _in_greek(session)
    first: Callable[[Any], Any] = lambda column: session.scalars(select(column)).first()  # noqa: E731
    return {
        "users.show": {"user_id": user.id},
        "jobs.show": {"job_id": job},
        "rosters.show": {"roster_id": kept.roster_id},
        "selections.show": {"code": first(Selection.code)},
        "hazards.show": {"release_id": release.id},
        "registry.show": {"number": home.number},
        "imports.show": {"import_id": sent.id},
        "imports.failed": {"import_id": sent.id},
        "programs.show": {"program_id": program.id},
        "programs.change": {"program_id": program.id},
        "cycles.show": {"cycle_id": prepared.id},
        "cycles.preview": {"cycle_id": prepared.id},
        "cycles.households": {"cycle_id": prepared.id},
        "areas.show": {"pcode": "X1"},
        "approvals.show": {"approval_id": first(Approval.id)},
        "sign_in.welcome": {"token": "spent"},
    }


def _release(session: Session) -> Release:
    """A published release of depths, with its layer and everything its page shows."""
    event = make_event(session)
    kind = LayerKind.RASTER
    said: dict[str, Any] = {"kind": kind, "measure": WATER_DEPTH, "unit": "m"}
    layer = Layer(event_id=event.id, name="Depth", **said)
    session.add(layer)
    session.flush()
    edges = [n / 64 for n in range(257)]
    return make_release(
        session,
        event,
        **said,
        layer_id=layer.id,
        number=1,
        floor=0.1,
        observed_at=event.began_at,
        source="Ωρου",
        licence="Ωρου",
        histogram=[1.0] * 256,
        histogram_edges=edges,
        found=FOUND,
    )


def _in_greek(session: Session) -> None:
    session.flush()
    for name, columns in NAMED.items():
        table = metadata.tables[name]
        unique = func.translate(func.md5(literal_column(f"{name}.ctid::text")), "abcdef", "αβγδεζ")
        greek = {column: literal("Ωρου ").concat(unique) for column in columns}
        session.execute(update(table).values(greek))
    session.execute(update(Word).values(labels={"en": "Ωρου"}, synonyms=[]))
    session.expire_all()
