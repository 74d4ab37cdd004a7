"""One of everything of the registry, and the pages that show it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.side_by_side import reasons
from core import jobs
from core.jobs import Job, JobState
from geo.models.place_checks import CorrectionKind, PlaceCheck, PlaceCorrection
from programs.services.merging import merge
from registry.changes.forms import Of
from registry.changes.kinds import KINDS
from registry.jobs.parcels import take_parcels
from registry.jobs.scores import compare_scores
from registry.models.duplicates import DuplicatePair
from registry.models.registrants import Registrant
from registry.models.retention import Does, What
from registry.services import imports
from registry.services.changes import return_change
from registry.services.duplicates import not_duplicate
from registry.services.field_values import fill_in
from registry.services.public_requests import Outside, receive_request
from registry.services.retention import write
from registry.services.score_runs import run_score
from tests.make.changes import LUIS, make_approved_change, make_asked
from tests.make.device_forms import make_device_form
from tests.make.duplicates import make_pair
from tests.make.fields import FILLED, make_fields
from tests.make.imports import make_import
from tests.make.jobs import Silent
from tests.make.programs import DARA
from tests.make.registry import make_consent, make_household, make_location, make_person
from tests.make.scores import make_score
from tests.web.greek import GREEK, Rows

COLUMNS = {"code": "Γ", "longitude": "Δ", "latitude": "Θ", "size": "Λ", "area_pcode": "Ω"}
LIST = "Γ,Δ,Θ,Λ,Ω\n1,0.5,1.5,5,X11\n2,80.5,1.5,99,X11\n3,0.5,,Ψ,Ω\n"


def registry(session: Session, household: str) -> Rows:
    """A household, people in none, pairs of them, and a file that waits for its review."""
    stands = session.scalars(select(Registrant).where(Registrant.number == household)).one()
    doubted = ["round", "stale"]
    session.add(
        PlaceCheck(location_id=stands.location_id or 0, area_id=stands.area_id, codes=doubted)
    )
    person, twin = make_person(session), make_person(session, name="Neema Doru", sex="male")
    for each, lon in ((person, 0.5), (twin, 0.502)):
        each.location_id = make_location(session, lon, 1.0).id
    said = {"reasons": [*reasons()], "distance_m": 222.4}
    pairs = [make_pair(session, person, twin, **said), *_decided(session)]
    consent = make_consent(session, person)
    sent = make_import(session, DARA, LIST, COLUMNS)
    done = make_import(session, DARA, LIST.replace("5,X11", "6,X11"), COLUMNS)
    imports.review(session, done.id, actor=DARA)
    imports.merge(session, done.id, actor=DARA, progress=Silent())
    score = make_score(session, name=GREEK)
    run_score(session, score.id, actor=DARA)
    for kind in (CorrectionKind.SHIFT, CorrectionKind.ACCEPT):
        session.add(PlaceCorrection(kind=kind, listed="round", places=12, made_by=DARA.id))
    make_fields(session, GREEK, GREEK)
    fill_in(session, household, FILLED, actor=DARA)
    return [
        ("scores.show", {"code": score.code, "version": 1}),
        ("scores.edit", {"code": score.code, "version": 1}),
        ("scores.compare", {"code": score.code, "from": 1, "to": 1}),
        ("scores.compare", {"code": score.code, "job": _compared(session, score.code)}),
        ("vocabularies.show", {"list_name": "sex", "code": "male"}),
        ("fields.show", {"scope": "group", "code": "rooms"}),
        ("fields.sections", {}),
        ("device_forms.show", {"form_id": make_device_form(session, GREEK).id}),
        ("fields.of_registrant", {"number": household}),
        ("fields.of_registrant", {"number": person.number}),
        ("registry.index", {"q": GREEK}),
        ("registry.show", {"number": household}),
        ("registry.show", {"number": person.number}),
        ("registry.show", {"number": household, "tab": "timeline"}),
        ("registry.show", {"number": household, "tab": "trail"}),
        ("registry.show", {"number": household, "tab": "record"}),
        ("registry.show", {"number": household, "tab": "visits"}),
        ("registry.show", {"number": household, "tab": "land"}),
        ("land.index", {}),
        ("retention.show", {"rule_id": write(session, What.VISITS, 1, Does.DELETE, actor=DARA).id}),
        ("consents.receipt", {"number": person.number, "receipt": consent.number}),
        ("records.edit", {"number": household}),
        ("records.edit", {"number": person.number}),
        ("records.newcomer", {"number": household}),
        ("groups.members", {"number": household}),
        ("places.health", {"area": "X1", "show": "round"}),
        ("places.listing", {"code": "round"}),
        ("places.listing", {"code": "zero"}),
        ("corrections.index", {}),
        ("places.show", {"number": household}),
        ("plots.index", {"number": household}),
        ("parcels.taken", {"job_id": _parcels(session)}),
        *_changes(session, household),
        *(("duplicates.show", {"pair_id": pair.id}) for pair in pairs),
        *(("duplicates.index", {"state": pair.state}) for pair in pairs),
        *(("registry.show", {"number": number}) for number in _numbers(session, pairs[1])),
        ("imports.show", {"import_id": sent.id}),
        *(("import_rows.show", {"import_id": sent.id, "number": n}) for n in (2, 3, 4)),
        ("imports.show", {"import_id": sent.id, "change": ""}),
        ("imports.show", {"import_id": done.id}),
        ("import_mapping.reading", {"import_id": sent.id}),
        ("imports.depending_on", {"import_id": done.id}),
    ]


def _numbers(session: Session, pair: DuplicatePair) -> list[str]:
    """The numbers of two: of one that was merged, and of the one it became a part of."""
    return [session.get_one(Registrant, key).number for key in (pair.left_id, pair.right_id)]


def _parcels(session: Session) -> int:
    """A file of parcels of which one row could not be taken."""
    job_id = jobs.defer(session, take_parcels, actor=DARA, sha256="3" * 64, name=GREEK)
    job = session.get_one(Job, job_id)
    wrong = [{"row": 3, "fault": "no_shape"}]
    job.state, job.result = JobState.DONE, {"plots": 1, "faults": 1, "errors": wrong}
    return job_id


def _changes(session: Session, household: str) -> Rows:
    """A change at each step, and the forms of all kinds."""
    sent = {"answers": {"address": GREEK}, "why": GREEK}
    asked = make_asked(session, "edit_group", household, **sent)
    returned = make_asked(session, "edit_group", household, **sent)
    return_change(session, returned.number, GREEK, actor=LUIS)
    said = {"answers": {"settlement": GREEK}, "why": GREEK}
    done = make_approved_change(session, "edit_group", household, **said)
    person = make_person(session, make_household(session)).number
    outside = receive_request(session, Outside(GREEK, GREEK, "X11"), actor=DARA).number
    return [
        ("changes.choose", {"of": household}),
        *(
            ("changes.new", {"kind": kind.name, "of": of})
            for kind in KINDS.values()
            for of in [person if kind.of is Of.PERSON else household]
        ),
        *(("changes.show", {"number": each}) for each in (asked.number, returned.number, outside)),
        ("changes.show", {"number": done.number}),
    ]


def _decided(session: Session) -> list[DuplicatePair]:
    """Two that were found to be two, and two that were merged."""
    people = [make_person(session) for _ in range(4)]
    two, one = (make_pair(session, *each) for each in (people[:2], people[2:]))
    not_duplicate(session, two.id, GREEK, actor=DARA)
    merge(session, people[2].number, people[3].number, actor=DARA)
    session.refresh(one)
    return [two, one]


def _compared(session: Session, code: str) -> int:
    """The work of comparing a version of a score with itself, done."""
    job_id = jobs.defer(session, compare_scores, actor=DARA, code=code, before=1, after=1)
    job = session.get_one(Job, job_id)
    moves = [[GREEK, None, 1200], [None, None, 3]]
    job.state, job.result = JobState.DONE, {"moves": moves, "households": 1203}
    job.result |= {"mean_difference": "-0.25"}
    return job_id
