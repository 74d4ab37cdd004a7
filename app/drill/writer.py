"""People at work while a backup is made: one act after the other, each told once it is committed.

Run as a process of its own, it prints the key of each act's audit entry until it is ended.
"""

import io
import itertools
import sys
import time
import uuid
from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from app.cli.acting import acting_as
from app.cli.demo import TEAM
from core.actor import Actor
from core.audit import AuditEntry
from core.db import connect, transaction
from core.settings import settings
from core.storage import keep
from programs.models.entitlements import Voucher, VoucherState
from programs.models.programs import Program
from programs.services.funds import deposit
from programs.services.vouchers import redeem
from registry.models.imports import ImportKind
from registry.services.imports import upload

PAUSE = 0.02  # seconds between two acts


def main() -> None:
    """Act until ended."""
    connect(settings().database_works_url)
    team = {person.role: acting_as(person.email) for person in TEAM}
    for number in itertools.count(1):
        for role, act in ACTS.items():
            if (entry := _committed(act, number, team[role])) is not None:
                sys.stdout.write(f"{entry}\n")
                sys.stdout.flush()
            time.sleep(PAUSE)


def _committed(act: Callable[[Session, int, Actor], bool], number: int, actor: Actor) -> int | None:
    """Do an act; the key of its entry, once it is committed, if there was anything to do."""
    with transaction(actor) as session:
        done = act(session, number, actor)
        entry = session.scalar(select(func.max(AuditEntry.id)))
    return entry if done else None


def _send_a_file(session: Session, number: int, actor: Actor) -> bool:
    kept = keep(io.BytesIO(f"code,size\nDRILL-{number},5\n".encode()))
    upload(session, kept, f"drill-{number}.csv", ImportKind.HOUSEHOLDS, actor=actor)
    return True


def _hand_over(session: Session, _number: int, actor: Actor) -> bool:
    waiting = select(Voucher.code).where(Voucher.state == VoucherState.ISSUED)
    code = session.scalars(waiting.order_by(Voucher.id).limit(1)).first()
    if code is not None:
        redeem(session, code, uuid.uuid4(), actor=actor)
    return code is not None


def _pay_in(session: Session, number: int, actor: Actor) -> bool:
    program_id = session.scalars(select(Program.id).order_by(Program.id).limit(1)).one()
    deposit(session, program_id, Decimal(number), f"Drill {number}", actor=actor)
    return True


ACTS: dict[Role, Callable[[Session, int, Actor], bool]] = {
    Role.REGISTRAR: _send_a_file,
    Role.DISTRIBUTOR: _hand_over,
    Role.FINANCE: _pay_in,
}

if __name__ == "__main__":
    main()
