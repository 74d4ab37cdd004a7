"""A country with one family in the north and one in the south, each marked in all that names it."""

import tempfile
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import false, func, literal, select, update
from sqlalchemy.orm import Session

from app.auth import users
from app.tables import metadata
from core import jobs
from core.audit import AuditEntry
from core.storage import keep_file
from geo.jobs.area_changes import stage_boundaries
from geo.jobs.areas import import_boundaries
from geo.jobs.fetches import fetch_release
from geo.models.area_changes import AreaChange, AreaChangeState
from geo.models.areas import Area
from geo.models.context import Counted
from geo.models.place_checks import PlaceCheck
from geo.models.releases import Release
from geo.models.selections import Selection
from geo.queries.selections import Question
from geo.services.areas import shape_areas
from geo.services.plots import Land
from geo.services.releases import receive_release
from geo.services.selections import keep_draft
from geo.vector.drawings import drawn
from programs.models.entitlements import Entitlement, Voucher
from programs.models.programs import Delivery
from programs.models.targeting import TargetingRun
from programs.queries.gifts import gifts_of
from programs.services.approvals import ask_approval
from programs.services.payments import export_csv, make_payments
from programs.services.reissues import reject_entitlement
from programs.services.scenarios import Draft, keep_scenario
from programs.services.service_points import import_points
from programs.services.vouchers import issue_vouchers
from programs.statements.words import Rejection
from registry.jobs.parcels import take_parcels
from registry.models.fields import FieldType
from registry.models.registrants import Registrant
from registry.models.retention import Does, What
from registry.models.rosters import Roster
from registry.models.vocabularies import Word
from registry.services.filters import keep_filter, share_filter
from registry.services.holdings import Held, draw_plot
from registry.services.retention import write
from registry.services.rosters import keep_list
from registry.services.situation_maps import make_map
from tests.make.changes import make_asked
from tests.make.context import make_layer
from tests.make.device_forms import make_device_form
from tests.make.duplicates import make_pair
from tests.make.fields import make_field
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country, make_event
from tests.make.imports import make_import
from tests.make.messages import make_told
from tests.make.payments import make_fsp, make_plan
from tests.make.programs import (
    DARA,
    FINN,
    make_approved,
    make_asked_again,
    make_cycle,
    make_gift,
    make_prepared,
    make_program,
    make_roster,
)
from tests.make.reconciliations import make_answers
from tests.make.registry import (
    make_consent,
    make_document,
    make_household,
    make_identifier,
    make_location,
    make_person,
)
from tests.make.releases import DEPTH, DEPTHS, published, read
from tests.make.scores import make_score
from tests.make.verifications import make_differing

NORTH, SOUTH = "MARKNORTH", "MARKSOUTH"
PLAIN = "MARKPLAIN"
"""The mark of what names nobody: areas, events, programs, words."""
SELF = "MARKSELF"
"""The name of whoever asks, which every page bears."""
EVERYWHERE = [[(0, 0), (4, 0), (4, 2), (0, 2)]]

NAMED = {  # what has a name of its own and is nobody's
    "areas": ("name",),
    "events": ("name",),
    "layers": ("name",),
    "releases": ("original_name",),
    "programs": ("name",),
    "benefits": ("name",),
    "cycles": ("name",),
    "organisations": ("name",),
    "service_points": ("name",),
    "fsps": ("name",),
    "context_layers": ("name",),
    "context_features": ("name",),
}


@dataclass(frozen=True)
class Side:
    """One family, what was given to it, and the keys its pages are reached by."""

    mark: str
    area: Area
    home: Registrant
    keys: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """The two sides, and the keys of what is nobody's."""

    north: Side
    south: Side
    keys: dict[str, Any]


def make_world(session: Session) -> World:
    """Everything the pages can show, once in the north (X11) and once in the south (X21)."""
    areas = make_country(session)
    shape_areas(session)
    flood, event_id = _flood(session)
    north = _side(session, NORTH, areas["X11"], 0.5, flood)
    south = _side(session, SOUTH, areas["X21"], 2.5, flood)
    keys = _nobodys(session, flood, event_id)
    _complete_lists(session)
    _name_plainly(session)
    return World(north, south, keys)


def _flood(session: Session) -> tuple[Release, int]:
    event = make_event(session)
    with tempfile.TemporaryDirectory() as folder:
        file = depth_file(Path(folder) / "depth.tif", DEPTHS)
        release = receive_release(session, event.id, keep_file(file), file.name, actor=DARA).release
    read(session, release, DARA)
    published(session, release, DARA, replace(DEPTH, layer="Depth"))
    return release, event.id


def _side(session: Session, mark: str, area: Area, lon: float, flood: Release) -> Side:
    place = make_location(session, lon, 1.0, area_id=area.id)
    session.add(PlaceCheck(location_id=place.id, area_id=area.id, codes=["round"]))
    said = {"settlement": f"{mark} quay", "address": f"{mark} street", "phone": f"{mark} 55"}
    home = make_household(session, place, name=f"{mark} household", code=f"{mark}-H", **said)
    land = Land(drawn([[(lon, 1.0), (lon + 0.01, 1.0), (lon, 1.01)]]) or b"")
    plot = draw_plot(session, home.number, land, Held("owned", "cropland"), actor=DARA)
    head = make_person(session, home, relation="head", name=f"{mark} Doro", code=f"{mark}-P")
    make_identifier(session, head, f"{mark}-ID")
    roster = make_roster(session, home, name=PLAIN)
    said = {"address": f"{mark} lane"}
    keys = {
        "number": home.number,
        "plot": plot.number,
        "roster_id": roster.id,
        "document_id": make_document(session, home).id,
        "receipt": make_consent(session, home).number,
        "import_id": _import(session, mark, area),
        "change": make_asked(session, "edit_group", home.number, answers=said).number,
        "pair_id": make_pair(session, home, head).id,
        **_map(session, mark, home, flood),
        **_help(session, home),
    }
    return Side(mark, area, home, keys)


def _import(session: Session, mark: str, area: Area) -> int:
    columns = ("code", "longitude", "latitude", "size", "area_pcode")
    lines = f"{','.join(columns)}\n{mark}-N,0.5,1.5,5,{area.pcode}\n{mark}-F,80,95,x,{area.pcode}\n"
    made = make_import(session, DARA, lines, {name: name for name in columns})
    made.original_name = f"{mark}.csv"
    return made.id


def _map(session: Session, mark: str, home: Registrant, flood: Release) -> dict[str, Any]:
    """A list kept from the flood, and its situation map."""
    question = Question(release_id=flood.id, area_ids=(home.area_id or 0,))
    kept = keep_list(session, question, PLAIN, actor=DARA)
    made = make_map(session, kept.roster_id, actor=DARA).map
    code = session.scalars(select(Selection.code).order_by(Selection.id.desc()).limit(1)).one()
    return {"map_id": made.id, "flooded_id": kept.roster_id, "selection": code}


def _help(session: Session, home: Registrant) -> dict[str, Any]:
    """Cash that was paid, vouchers that were issued, and a cycle at each step before."""
    cash = make_program(session, purpose=f"cash {home.id}")
    food = make_program(session, make_gift(delivery=Delivery.VOUCHER), purpose=f"food {home.id}")
    paid = make_approved(session, cash, home)
    batch = make_payments(session, paid.id, actor=FINN)
    exported = export_csv(session, batch.id, actor=FINN)
    answers = make_answers(session, paid, name=PLAIN)
    planned = make_approved(session, make_program(session, purpose=f"plan {home.id}"), home)
    fsp = make_fsp(session)
    order = make_plan(session, planned, fsp)
    given = make_approved(session, food, home)
    issue_vouchers(session, given.id, date(2099, 1, 1), actor=DARA)
    draft = make_cycle(session, make_program(session, purpose=f"draft {home.id}"), home)
    asked = make_prepared(session, make_program(session, purpose=f"asked {home.id}"), home)
    approval = ask_approval(session, asked.id, actor=DARA)
    again = make_asked_again(session, make_program(session, purpose=f"again {home.id}"), home)
    back = make_approved(session, make_program(session, purpose=f"back {home.id}"), home)
    make_payments(session, back.id, actor=FINN)
    came_back = select(Entitlement.ern).where(Entitlement.cycle_id == back.id)
    reject_entitlement(session, session.scalars(came_back).one(), Rejection.OTHER, actor=FINN)
    voucher = session.scalars(select(Voucher).order_by(Voucher.id.desc()).limit(1)).one()
    return {
        "cycle_id": paid.id,
        "program": cash.number,
        "cycle_number": paid.number,
        "run_id": session.scalars(select(TargetingRun.id).filter_by(cycle_id=paid.id)).one(),
        "given_id": given.id,
        "back_id": back.id,
        "draft_id": draft.id,
        "asked_id": asked.id,
        "approval_id": approval.id,
        "again_id": again.id,
        "program_id": cash.id,
        "benefit_id": min(gifts_of(session, cash.id)),
        "batch_id": batch.id,
        "reconciliation_id": answers.id,
        "planned_id": planned.id,
        "planned_batch_id": order.batch_id,
        "reference": order.reference,
        "fsp_id": fsp.id,
        "fsp": fsp.code,
        "message_run_id": make_told(session, paid, home).id,
        "verification_id": make_differing(session, paid).id,
        "scenario_id": keep_scenario(
            session, cash.id, Draft(PLAIN, paid.roster_id, paid.starts_on), actor=DARA
        ).id,
        "sha256": exported.kept.sha256,
        "code": voucher.code,
        "registrant_id": home.id,
    }


def _nobodys(session: Session, flood: Release, event_id: int) -> dict[str, Any]:
    """What names nobody: a drawing, a job, a service point, somebody who was invited."""
    invited = users.invite(session, PLAIN, "plain@example.org", roles=[], actor=DARA)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "points.csv"
        file.write_text("code,name,kind,longitude,latitude\nS1,Depot,depot,0.5,1.5\n")
        import_points(session, file, actor=DARA)
        sites = shapes_file(Path(folder) / "s.geojson", (shapely.Point(0.5, 0.5), {"name": "S"}))
        layer = make_layer(session, sites, Counted.FEATURES, DARA, name_field="name")
    job_id = jobs.defer(session, import_boundaries, actor=DARA, sha256="0" * 64, name=PLAIN)
    place = f"https://example.org/{PLAIN}"
    fetch_id = jobs.defer(session, fetch_release, actor=DARA, event_id=event_id, url=place)
    staging_id = jobs.defer(session, stage_boundaries, actor=DARA, sha256="1" * 64, name=PLAIN)
    score = make_score(session, name=PLAIN)
    kept = keep_filter(session, PLAIN, "people > 0", actor=DARA)
    return {
        "list": "sex",
        "word": "male",
        "score": score.code,
        "version": score.version,
        "model_id": score.id,
        "scope": "group",
        "rule_id": write(session, What.EXITED, 24, Does.ERASE, actor=DARA).id,
        "device_form_id": make_device_form(session, PLAIN).id,
        "field": make_field(session, "rooms", FieldType.WHOLE, PLAIN).code,
        "filter": share_filter(session, kept.code, actor=DARA).code,
        "fetch_id": fetch_id,
        "staging_id": staging_id,
        "parcels_id": jobs.defer(session, take_parcels, actor=DARA, sha256="2" * 64, name=PLAIN),
        "change_id": _new_map(session),
        "release_id": flood.id,
        "part": 1,
        "layer_id": layer.id,
        "event_id": event_id,
        "job_id": job_id,
        "user_id": invited.user_id,
        "token": invited.token,
        "draft": keep_draft(session, drawn(EVERYWHERE) or b"", actor=DARA),
        "entry_id": session.scalar(select(func.max(AuditEntry.id))),
    }


def _new_map(session: Session) -> int:
    """A map of areas that was prepared and given up."""
    change = AreaChange(version=PLAIN, from_version="v0", staged_by=DARA.id)
    change.state = AreaChangeState.DROPPED
    session.add(change)
    session.flush()
    return change.id


def _complete_lists(session: Session) -> None:
    """Lists that were made for their households alone tell of a question as the others do."""
    asked = Roster.definition.has_key("ages_on")
    kept = session.scalars(select(Roster).where(asked).limit(1)).one()
    bare = update(Roster).where(func.coalesce(asked, false()).is_(False))
    session.execute(bare.values(definition=kept.definition))
    session.expire_all()


def _name_plainly(session: Session) -> None:
    session.flush()
    for name, columns in NAMED.items():
        table = metadata.tables[name]
        told = {column: literal(f"{PLAIN} ").concat(table.c[column]) for column in columns}
        session.execute(update(table).values(told))
    session.execute(update(Word).values(labels={"en": PLAIN}, synonyms=[]))
    session.expire_all()
