"""Looking for duplicates in one program: its people alone are compared and shown."""

import pytest
from sqlalchemy.orm import Session

from core.errors import NotFound
from programs.jobs.duplicates import look_for_duplicates_in
from programs.queries.reach import people_of
from registry.queries.duplicates import last_run, pairs_page
from registry.services.duplicates import look_for
from tests.make.jobs import Silent
from tests.make.programs import DARA, make_actor, make_family, make_prepared, make_program


def names(session: Session, program_id: int | None = None) -> list[set[str]]:
    of = people_of(frozenset({program_id})) if program_id else None
    rows = pairs_page(session, actor=DARA, of=of).rows
    return [{row.left_name, row.right_name} for row in rows]


def test_only_the_people_of_the_program_are_compared(session: Session) -> None:
    twice = [make_family(session, 0, name="Amina Yusuf", phone="0700") for _ in range(2)]
    for _ in range(2):
        make_family(session, 0, name="Kofi Mensah", phone="0800")
    program = make_program(session)
    make_prepared(session, program, *twice)

    told = look_for_duplicates_in(session, actor=DARA, progress=Silent(), program_id=program.id)

    assert told == {"records": 2, "found": 1, "fresh": 1}
    assert names(session) == [{"Amina Yusuf"}]
    assert last_run(session, actor=DARA).run is None
    assert last_run(session, program.id, actor=DARA).run


def test_the_queue_of_a_program_shows_its_people_alone(session: Session) -> None:
    for name, phone in (("Amina Yusuf", "0700"), ("Kofi Mensah", "0800")):
        homes = [make_family(session, 0, name=name, phone=phone) for _ in range(2)]
    program = make_program(session)
    make_prepared(session, program, *homes)

    look_for(session, lambda _done, _total, _note: None, actor=DARA)

    assert len(names(session)) == 2
    assert names(session, program.id) == [{"Kofi Mensah"}]


def test_another_organisations_program_is_not_looked_through(session: Session) -> None:
    program = make_program(session)
    partner = make_actor(21, "Partner", program_ids=frozenset())

    with pytest.raises(NotFound):
        look_for_duplicates_in(session, actor=partner, progress=Silent(), program_id=program.id)
