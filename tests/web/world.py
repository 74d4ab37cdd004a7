"""One of everything, all of it named in Greek letters, so that a page in the pseudo-language that
shows Latin words shows a sentence nobody can translate."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import shapely
from flask import Flask, url_for
from sqlalchemy import ARRAY, func, literal, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from app.auth import users
from app.auth.models import User
from app.tables import metadata
from app.web.settings_told import section_words
from core import jobs
from core.actor import Actor
from core.audit import AuditEntry
from core.decided import Decided
from core.jobs import Job, JobState, Progress
from core.storage import keep_file
from core.words import PSEUDO, language_of, speaking
from geo.jobs.area_changes import stage_boundaries
from geo.jobs.areas import import_boundaries
from geo.jobs.fetches import fetch_release
from geo.models.context import Counted
from geo.models.events import Event
from geo.models.locations import Location
from geo.models.releases import Release
from geo.models.selections import Selection
from geo.queries.selections import Question
from geo.services.area_changes import stage_areas
from geo.services.releases import receive_release
from programs.models.approvals import Approval
from programs.models.entitlements import Voucher
from programs.models.programs import Delivery
from programs.queries.gifts import gifts_of
from programs.services.approvals import ask_approval
from programs.services.payments import make_payments
from programs.services.vouchers import issue_vouchers
from registry.models.vocabularies import Word
from registry.services.filters import keep_filter, share_filter
from registry.services.rosters import keep_list
from tests.make.areas import new_map
from tests.make.context import make_layer, make_unloaded
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country, make_event
from tests.make.messages import make_told
from tests.make.payments import make_fsp, make_plan
from tests.make.products import GFM, code_file, zip_of
from tests.make.programs import (
    DARA,
    FINN,
    STARTS_ON,
    make_approved,
    make_cycle,
    make_family,
    make_gift,
    make_prepared,
    make_program,
)
from tests.make.reconciliations import make_answers, make_file
from tests.make.registry import make_location
from tests.make.releases import DEPTH, DEPTHS, FLOOD, published, read
from tests.make.verifications import make_differing
from tests.web.cycles_world import come_of
from tests.web.greek import GREEK, Rows
from tests.web.no_pages import NO_PAGES
from tests.web.persons_world import persons
from tests.web.registry_world import registry
from tests.web.targeting_world import targeting

NAMED = {
    "areas": ("name",),
    "area_levels": ("name",),
    "events": ("name",),
    "layers": ("name",),
    "releases": ("original_name",),
    "registrants": ("name",),
    "programs": ("name", "purposes"),
    "benefits": ("name",),
    "cycles": ("name",),
    "organisations": ("name",),
    "selections": ("name",),
    "rosters": ("name",),
    "filters": ("name",),
    "score_terms": ("label",),
    "score_bands": ("name",),
    "scores": ("band",),
    "users": ("name",),
    "fund_entries": ("reference",),
    "fsps": ("name",),
    "audit_entries": ("actor_name",),
    "imports": ("original_name",),
    "reconciliations": ("provider", "original_name"),
    "context_layers": ("name", "original_name", "measure"),
}


def wait(session: Session, *, actor: Actor, progress: Progress) -> None:
    """Wait"""


def furnish(session: Session, user: User) -> Rows:
    """Fill the platform for somebody; answers the pages that need arguments, in their states."""
    areas = make_country(session)
    place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
    home = make_family(session, 3, place)
    job = jobs.defer(session, wait, actor=Actor(user.id, user.name, frozenset()))
    flood, hazards = _hazards(session)
    rows = [
        *hazards,
        *registry(session, home.number),
        *_lists(session, flood),
        *_programs(session, place),
        *_people(session, user),
        *targeting(session, place),
        *persons(session, place),
        ("jobs.show", {"job_id": job}),
        ("search.show", {"q": GREEK}),
        *(("settings.show", {"section": name}) for name in section_words()),
        ("areas.show", {"pcode": "X1"}),
        *_new_maps(session, user),
        ("areas.imported", {"job_id": _boundaries(session, user)}),
        ("fetches.show", {"job_id": _fetching(session, user)}),
        *_trail(session),
    ]
    _in_greek(session)
    return rows


def addresses(web: Flask, rows: Rows, *, without: frozenset[str] = frozenset()) -> list[str]:
    """The address of every page there is; a page that needs arguments must have a row."""
    rows = [row for row in rows if row[0] not in without]
    rules = [rule for rule in web.url_map.iter_rules() if "GET" in (rule.methods or ())]
    shown = {rule.endpoint for rule in rules} - NO_PAGES - without
    free = {rule.endpoint for rule in rules if not rule.arguments} & shown
    unknown = shown - free - {endpoint for endpoint, _ in rows}
    assert not unknown, f"the world has no row for {sorted(unknown)}"
    with web.test_request_context():
        plain = [url_for(endpoint) for endpoint in sorted(free)]
        return plain + [url_for(endpoint, **arguments) for endpoint, arguments in rows]


def _hazards(session: Session) -> tuple[Release, Rows]:
    """A flood with a release of depths and one of shapes, and a file at each step before."""
    event = make_event(session)
    said: dict[str, Any] = {"source": GREEK, "licence": ""}
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        unread = _received(session, event, depth_file(at / "1.tif", DEPTHS))
        asked = _received(session, event, depth_file(at / "2.tif", DEPTHS[:1]))
        flood = _received(session, event, depth_file(at / "3.tif", DEPTHS[::-1]))
        shapes = shapes_file(at / "4.geojson", (shapely.box(0.2, 0.2, 1.8, 1.4), {}))
        extent = _received(session, event, shapes)
        nowhere = _received(session, event, depth_file(at / "5.tif", DEPTHS, crs=None))
        two = [shapes_file(at / f"{n}.geojson", (shapely.box(0, 0, n, 1), {})) for n in (1, 2)]
        several = _received(session, event, zip_of(at / "6.zip", *two))
        mask = code_file(at / GFM, [[0, 1, 255]], nodata=255)
        product = _received(session, event, mask)
    for release in (asked, flood, extent):
        read(session, release, DARA)
    with speaking(
        language_of(PSEUDO)
    ):  # the sentences of a reading are written down as it says them
        for release in (nowhere, several, product):
            read(session, release, DARA)
    product.source = GREEK
    published(session, flood, DARA, replace(DEPTH, layer="Depth", **said))
    published(session, extent, DARA, replace(FLOOD, layer="Extent", **said))
    shown = [("hazards.show", {"release_id": each.id}) for each in (unread, asked, flood, extent)]
    shown.append(("composites.new", {"event_id": event.id}))
    shown += [("hazards.show", {"release_id": each.id}) for each in (nowhere, several, product)]
    shown.append(("differences.show", {"release_id": flood.id, "before": flood.id}))
    shown += [("layers.show", {"layer_id": layer}) for layer in _layers(session)]
    return flood, [*shown, ("selections.select", {"areas": "X11", "r": flood.id})]


def _layers(session: Session) -> list[int]:
    """Sites and people that are loaded, a file that waits to be, and one that is no use."""
    said: dict[str, Any] = {"source": GREEK}
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        sites = shapes_file(at / "5.geojson", (shapely.Point(0.5, 0.5), {GREEK: GREEK}))
        people = depth_file(at / "6.tif", DEPTHS)
        (at / "7.pdf").write_bytes(b"%PDF-1.4")
        loaded = [
            make_layer(session, sites, Counted.FEATURES, DARA, name="Sites", **said),
            make_layer(session, people, Counted.NUMBER, DARA, name="People", **said),
        ]
        waiting = [make_unloaded(session, at / "7.pdf", DARA), make_unloaded(session, sites, DARA)]
    for layer in [*loaded, *waiting]:  # what a reader said is in the language of who asked it
        parts = [{**part, "size": GREEK} for part in layer.found.get("parts", ())]
        layer.found = {**layer.found, "parts": parts, "notes": [GREEK]}
        layer.refusal = layer.refusal and GREEK
    return [layer.id for layer in [*loaded, *waiting]]


def _received(session: Session, event: Event, file: Path) -> Release:
    kept = keep_file(file)
    return receive_release(session, event.id, kept, file.name, actor=DARA).release


def _lists(session: Session, flood: Release) -> Rows:
    kept = keep_list(session, Question(release_id=flood.id), GREEK, actor=DARA)
    return [
        ("rosters.show", {"roster_id": kept.roster_id}),
        ("selections.show", {"code": session.scalars(select(Selection.code)).first()}),
        *_filters(session, flood),
    ]


def _filters(session: Session, flood: Release) -> Rows:
    """A filter of every kind of row, one that rows cannot show, and one that is kept."""
    rows = (
        f"area_in('X1') AND hazard_status({flood.id}, 0.5) = 'in' AND has_disability = TRUE AND "
        "count_of(sex = 'female' AND birth_date >= DATE('2020-01-01')) >= 1 AND size IS NULL AND "
        "area_name LIKE '%a%'"
    )
    kept = keep_filter(session, GREEK, "people > 2", actor=DARA)
    return [
        ("filters.new", {"written": rows}),
        ("filters.new", {"written": "mean_of(age) > 20"}),
        ("filters.new", {"subject": "people", "written": "age < 5 AND group_of(people > 1)"}),
        ("filters.show", {"code": share_filter(session, kept.code, actor=DARA).code}),
    ]


def _programs(session: Session, place: Location) -> Rows:
    """A program of cash and one of vouchers, with a cycle at each step."""
    cash = make_program(session)
    goods = make_program(session, make_gift(delivery=Delivery.VOUCHER), purpose="drought")
    draft = make_cycle(session, cash, make_family(session, 4, place))
    asked = make_prepared(session, cash, make_family(session, 3, place))
    ask_approval(session, asked.id, actor=DARA)
    paid_home = make_family(session, 3, place)
    paid = make_approved(session, cash, paid_home)
    make_payments(session, paid.id, actor=FINN)
    given = make_approved(session, goods, make_family(session, 2, place))
    issue_vouchers(session, given.id, STARTS_ON.replace(year=2099), actor=DARA)
    planned = make_approved(session, make_program(session), make_family(session, 3, place))
    fsp = make_fsp(session)
    order = make_plan(session, planned, fsp)
    cycles = [("cycles.show", {"cycle_id": each.id}) for each in (draft, asked, paid, given)]
    unread = make_file(session, paid, f"{GREEK}\n1\n", GREEK)
    answers = [make_answers(session, paid, GREEK), unread]
    make_told(session, paid, paid_home, text=GREEK)
    sample = make_differing(session, paid, GREEK)
    return [
        *cycles,
        ("reconciliations.room", {"cycle_id": paid.id}),
        ("messages.room", {"cycle_id": paid.id}),
        ("verifications.room", {"cycle_id": paid.id}),
        ("verifications.show", {"verification_id": sample.id}),
        ("verifications.team", {"verification_id": sample.id, "team": 1}),
        ("reports.coverage", {"program_id": cash.id}),
        *(("reconciliations.show", {"reconciliation_id": each.id}) for each in answers),
        ("cycles.households", {"cycle_id": asked.id}),
        ("cycles.look_again", {"cycle_id": draft.id}),
        ("approvals.show", {"approval_id": session.scalars(select(Approval.id)).first()}),
        ("programs.show", {"program_id": cash.id}),
        ("programs.change", {"program_id": cash.id}),
        ("benefits.new", {"program_id": cash.id}),
        ("benefits.edit", {"program_id": cash.id, "benefit_id": min(gifts_of(session, cash.id))}),
        ("redeem.read", {"code": session.scalars(select(Voucher.code)).first()}),
        ("fsps.show", {"fsp_id": fsp.id}),
        ("payment_plans.show", {"cycle_id": planned.id}),
        ("payments.batch", {"batch_id": order.batch_id}),
        ("payments.order", {"reference": order.reference}),
        *come_of(session, place),
    ]


def _people(session: Session, user: User) -> Rows:
    """Somebody who was invited, with the link to come in, and a link that was used."""
    invited = users.invite(session, GREEK, "example@example.org", roles=[], actor=DARA)
    return [
        ("users.show", {"user_id": user.id}),
        ("users.show", {"user_id": invited.user_id}),
        ("sign_in.welcome", {"token": invited.token}),
        ("sign_in.welcome", {"token": "spent"}),
    ]


def _boundaries(session: Session, user: User) -> int:
    """A file of boundaries that was read, of which one row could not be taken."""
    actor = Actor(user.id, user.name, frozenset())
    wrong = {"layer": GREEK, "row": 3, "pcode": "X9", "says": GREEK}
    result = {"version": "v1", "levels": {"0": 1, "1": 2}, "repaired": 1, "moved": 0}
    job_id = jobs.defer(session, import_boundaries, actor=actor, sha256="0" * 64, name=GREEK)
    job = session.get_one(Job, job_id)
    job.state, job.result = JobState.DONE, {**result, "faults": 1, "errors": [wrong]}
    return job_id


def _new_maps(session: Session, user: User) -> Rows:
    """A map that waits, with an area of each kind, and a file that is being prepared."""
    change = stage_areas(session, new_map(GREEK), actor=DARA)
    actor = Actor(user.id, user.name, frozenset())
    job_id = jobs.defer(session, stage_boundaries, actor=actor, sha256="1" * 64, name=GREEK)
    return [
        ("area_changes.show", {"change_id": change.id}),
        ("area_changes.working", {"job_id": job_id}),
    ]


def _fetching(session: Session, user: User) -> int:
    """A file that could not be fetched."""
    actor = Actor(user.id, user.name, frozenset())
    url = f"https://data.example.org/{GREEK}.tif"
    job_id = jobs.defer(session, fetch_release, actor=actor, event_id=1, url=url)
    job = session.get_one(Job, job_id)
    job.state, job.refusal = JobState.FAILED, GREEK
    return job_id


def _trail(session: Session) -> Rows:
    """Acts with and without fields that changed."""
    session.flush()
    entries = select(func.max(AuditEntry.id)).group_by(AuditEntry.changes > 0)
    return [("audit.show", {"entry_id": entry_id}) for entry_id in session.scalars(entries)]


def _in_greek(session: Session) -> None:
    session.flush()
    session.execute(text("alter table audit_entries disable trigger unchanged"))
    for name, columns in NAMED.items():
        table = metadata.tables[name]
        unique = func.translate(
            func.left(func.md5(literal_column(f"{name}.ctid::text")), 7), "abcdef", "αβγδεζ"
        )
        called = literal("Ωρου ").concat(unique)
        greek = {
            column: array([called]) if isinstance(table.c[column].type, ARRAY) else called
            for column in columns
        }
        session.execute(update(table).values(greek))
    session.execute(update(Word).values(labels={"en": "Ωρου"}, synonyms=[]))
    session.execute(update(Decided).values(languages=["en"]))  # the others have names of their own
    session.execute(text("alter table audit_entries enable trigger unchanged"))
    session.expire_all()
