"""What programs ask about that is really there, and bodies they would send."""

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.services.area_changes import stage_areas
from programs.models.programs import Program
from programs.services.merging import merge
from registry.services.holdings import draw_plot
from tests.api.test_plots import HELD, SQUARE, plot
from tests.make.areas import new_map
from tests.make.changes import make_asked
from tests.make.duplicates import make_pair
from tests.make.imports import household, take_households
from tests.make.programs import make_cycle, make_program
from tests.make.registry import make_household, make_location, make_person
from tests.registry.test_land import OWNED, field


def really_there(session: Session, folder: Path, actor: Actor) -> dict[str, list[Any]]:
    """By the names of parameters: one of each that can be asked about."""
    area_id = session.scalars(select(Area.id).where(Area.pcode == "X11")).one()
    home = make_household(session, make_location(session, 0.5, 0.5, area_id=area_id))
    asked = make_asked(session, "edit_group", home.number, answers={"address": "Mill Lane 4"})
    one, other, gone = (make_person(session, name=n, area_id=area_id) for n in ("A", "B", "C"))
    merge(session, one.number, gone.number, actor=actor)
    land = draw_plot(session, home.number, field(0.5), OWNED, actor=actor)
    merged = take_households(session, folder, actor, household())
    cycle = make_cycle(session, make_program(session), home)
    return {
        "program": [session.get_one(Program, cycle.program_id).number],
        "cycle": [cycle.number],
        "registrant": [home.number],
        "of": [home.number],
        "number": [home.number, gone.number, asked.number],
        "pair_id": [make_pair(session, one, other).id],
        "plot_number": [land.number],
        "import_id": [merged.id],
        "change_id": [stage_areas(session, new_map(), actor=actor).id],
    }


def bodies(real: dict[str, list[Any]]) -> dict[str, Any]:
    """By a name that is in what may be sent: what a program would send."""
    return {
        "event": {"event": real["event"][0]},
        "people": {"people": [{"name": "Amina Rell"}]},
        "answers": {"kind": "edit_group", "of": real["of"][0], "answers": {"address": "Quay 2"}},
        "ruling": {"ruling": "two", "because": "They are twins."},
        "geometry": plot(SQUARE, **HELD),
        "filter": {"filter": "size > 1"},
        "on": {"on": "2026-03-01"},
    }
