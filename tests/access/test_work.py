"""Work put off: whoever may not see somebody learns nothing of them by having it done for them."""

import zipfile
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy.orm import Session

from app import worker
from app.auth.door import actor_of, grants_of
from app.auth.models import User
from app.tables import metadata
from core import jobs
from core.actor import Actor
from core.errors import Forbidden
from core.jobs import Job, JobState
from core.storage import path_of
from registry.models.situation_maps import SituationMap
from tests.access.people import Person, Reach
from tests.access.rows import Shows
from tests.access.test_routes import ALIKE
from tests.access.work import JOBS, OF_NOBODY, OF_PEOPLE
from tests.access.world import NORTH, World
from tests.make.jobs import Silent

WRITES = [name for name, row in JOBS.items() if row.shows is not Shows.ASKER]
TELLING = {"registrant_id", "group_id", "area_id", "location_id", "entitlement_id"}


def test_every_work_has_its_row() -> None:
    worker.load_works()
    ours = {name for name in jobs.works if not name.startswith("tests.")}
    assert ours == set(JOBS)


def test_every_table_that_tells_of_somebody_is_known_as_such() -> None:
    telling = {table.name for table in metadata.sorted_tables if TELLING & {*table.columns.keys()}}
    assert telling - OF_NOBODY - OF_PEOPLE == set()


def actor_behind(session: Session, person: Person) -> Actor:
    """The actor somebody is today."""
    user = session.get_one(User, person.user_id)
    return actor_of(session, user, grants_of(session, user))


def done(session: Session, name: str, world: World, actor: Actor) -> tuple[Job, str]:
    """A piece of work on the north's things, done as a worker does it, and all it wrote."""
    row = JOBS[name]
    keys = {**ALIKE, **world.keys, **world.north.keys}
    args = {arg: keys[key] for arg, key in row.about.items()}
    job_id = jobs.defer(session, jobs.works[name], actor=actor, **args)
    session.flush()
    worker.do(job_id)
    session.expire_all()
    job = session.get_one(Job, job_id)
    return job, f"{job.result} {job.refusal} {job.note} {_written(session, job)}"


def _written(session: Session, job: Job) -> str:
    """What is in the file that a job made."""
    told = job.result or {}
    if "map" in told:
        return path_of(session.get_one(SituationMap, told["map"]).sha256).read_text()
    return _text_of(path_of(told["sha256"])) if "sha256" in told else ""


def _text_of(file: Path) -> str:
    """The words of a workbook or of a PDF."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as parts:
            return " ".join(parts.read(name).decode() for name in parts.namelist())
    pages = pypdfium2.PdfDocument(file)
    return " ".join(page.get_textpage().get_text_bounded() for page in pages)


@pytest.mark.parametrize("name", WRITES)
def test_what_work_writes_names_nobody_to_who_may_not_see_them(
    name: str, session: Session, world: World, people: list[Person], taken_back: None
) -> None:
    row = JOBS[name]
    may = next(p for p in people if p.reach is Reach.NATIONAL and row.needs <= p.permissions)
    job, told = done(session, name, world, actor_behind(session, may))
    assert job.state is JobState.DONE, told[:400]
    assert (NORTH in told) == (row.shows is Shows.PEOPLE)
    for person in (p for p in people if p.reach is Reach.SOUTH):
        _job, told = done(session, name, world, actor_behind(session, person))
        assert NORTH not in told


@pytest.mark.parametrize("name", [n for n in JOBS if JOBS[n].needs])
def test_work_is_not_done_for_who_may_not_ask_for_it(
    name: str, session: Session, world: World, people: list[Person], taken_back: None
) -> None:
    actor = actor_behind(session, people[-1])
    without = Actor(actor.id, actor.name, frozenset(), actor.area_ids)
    keys = {**ALIKE, **world.keys, **world.north.keys}
    args = {arg: keys[key] for arg, key in JOBS[name].about.items()}
    with pytest.raises(Forbidden):
        jobs.works[name](session, actor=without, progress=Silent(), **args)
