"""Members of every state, a rhythm, and cycles that come of others, for the tour of the pages."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.models.locations import Location
from programs.models.conditions import ConditionKind
from programs.models.entitlements import Entitlement
from programs.services.archive import archive_program
from programs.services.conditions import set_condition
from programs.services.cycles import enrol
from programs.services.following import Named, start_follow_up, start_top_up
from programs.services.memberships import exit_member, pause_member
from programs.services.payments import make_payments
from programs.services.programs import end_program
from programs.services.recurrences import Rhythm, set_recurrence
from programs.services.reissues import reissue_entitlement, reject_entitlement
from programs.statements.words import Rejection
from tests.make.programs import (
    DARA,
    FINN,
    make_approved,
    make_asked_again,
    make_cycle,
    make_family,
    make_gift,
    make_program,
)
from tests.web.greek import GREEK

Rows = list[tuple[str, dict[str, Any]]]
FIRST = date(2026, 1, 31)


def come_of(session: Session, place: Location) -> Rows:
    """A program of which one amount came back and was followed up, one was given again, and on top
    of which another gives; one member is paused and one left."""
    base = make_program(session, purpose="base")
    homes = [make_family(session, size, place) for size in (2, 3, 4)]
    cycle = make_approved(session, base, *homes)
    make_payments(session, cycle.id, actor=FINN)
    erns = list(session.scalars(select(Entitlement.ern).where(Entitlement.cycle_id == cycle.id)))
    for ern in erns[:2]:
        reject_entitlement(session, ern, Rejection.REFUSED, actor=FINN)
    reissue_entitlement(session, erns[0], actor=DARA)
    after = start_follow_up(session, cycle.id, Named(GREEK, FIRST), actor=DARA)
    top = make_program(session, make_gift(), purpose="top")
    on_top = start_top_up(session, top.id, cycle.id, Named(GREEK, FIRST), actor=DARA)
    pause_member(session, base.id, homes[0].id, GREEK, actor=DARA)
    exit_member(session, base.id, homes[1].id, GREEK, actor=DARA, cause="moved_away")
    set_condition(session, base.id, ConditionKind.COMPLIANCE, "people > 1", actor=DARA)
    set_condition(session, base.id, ConditionKind.GRADUATION, "people > 3", actor=DARA)
    set_recurrence(session, base.id, Rhythm("FREQ=MONTHLY", FIRST), actor=DARA)
    one, other = (make_program(session, purpose="both") for _ in range(2))
    drafts = [make_cycle(session, program, homes[2]) for program in (one, other)]
    for draft in drafts:
        enrol(session, draft.id, actor=DARA)
    again = make_asked_again(session, make_program(session, purpose="again"), homes[2])
    put_away = make_program(session, purpose="archive")
    end_program(session, put_away.id, actor=DARA)
    archive_program(session, put_away.id, actor=DARA)
    return [
        ("approvals.show", {"approval_id": again.id}),
        ("approvals.differences", {"approval_id": again.id}),
        ("programs.show", {"program_id": put_away.id}),
        ("members.index", {"program_id": base.id}),
        ("members.index", {"program_id": base.id, "check": "graduation"}),
        ("members.index", {"program_id": base.id, "state": "paused"}),
        ("members.index", {"program_id": top.id}),
        ("members.history", {"program_id": base.id, "registrant_id": homes[0].id}),
        ("recurrences.show", {"program_id": base.id}),
        ("recurrences.show", {"program_id": top.id}),
        *(("following.returned", {"cycle_id": each.id}) for each in (cycle, after)),
        *(("cycles.show", {"cycle_id": each.id}) for each in (cycle, after, on_top, *drafts)),
    ]
