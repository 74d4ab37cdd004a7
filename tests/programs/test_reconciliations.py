"""What providers answer: held against the orders, looked at, and applied once."""

from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.errors import Forbidden
from core.storage import keep_personal_file
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.payments import Payment, PaymentState
from programs.models.programs import FundEntry, FundEntryKind
from programs.models.reconciliations import (
    Finding,
    Reconciliation,
    ReconciliationRow,
)
from programs.queries.cycles import CycleElsewhere
from programs.queries.funds import balance
from programs.queries.reconciliations import (
    file_page,
    room_of,
)
from programs.services.cycles import end_cycle
from programs.services.reconciliations import (
    Applied,
    ColumnNotThere,
    ColumnsUnsaid,
    FileElsewhere,
    NothingOrdered,
    NothingToApply,
    ProviderUnnamed,
    SentBefore,
    apply,
    check,
    discard,
    map_columns,
    teach,
    upload,
)
from programs.statements.words import Rejection
from tests.make.jobs import Silent
from tests.make.programs import (
    DARA,
    FINN,
    make_actor,
    make_approved,
    make_family,
    make_program,
)
from tests.make.reconciliations import (
    make_checked,
    make_file,
    make_ordered,
    references_of,
)


def _states(session: Session, cycle: Cycle) -> dict[int, tuple[str, str, int, str | None]]:
    """Order, entitlement, what was given and why not, by amount."""
    asked = (
        select(Entitlement, Payment.state)
        .join(Payment, Payment.entitlement_id == Entitlement.id)
        .where(Entitlement.cycle_id == cycle.id)
    )
    return {
        int(e.amount): (state.value, e.state.value, int(e.redeemed), e.rejected_for)
        for e, state in session.execute(asked)
    }


def _findings(session: Session, file: Reconciliation) -> list[str]:
    row = ReconciliationRow
    asked = select(row.finding).where(row.reconciliation_id == file.id).order_by(row.row_number)
    return [finding.value for finding in session.scalars(asked)]


def test_nothing_counts_until_a_file_is_applied(session: Session) -> None:
    cycle = make_ordered(session)
    ern = references_of(session, cycle)

    file = make_checked(session, cycle, f"{ern[60]},paid,60,", f"{ern[70]},failed,,account closed")

    assert file.counts == {"paid": 1, "failed": 1}
    assert {state for state, *_rest in _states(session, cycle).values()} == {"issued"}


def test_each_answer_settles_its_order_its_entitlement_and_the_fund(session: Session) -> None:
    cycle = make_ordered(session)
    ern, before = references_of(session, cycle), balance(session, cycle.program_id)
    file = make_checked(
        session,
        cycle,
        f"{ern[60]},Success,60.00,",
        f"{ern[70]},partially paid,30,",
        f"{ern[80]},RJCT,,Wallet not registered",
        f"{ern[90]},reversed,90,Beneficiary refused",
    )

    done = apply(session, file.id, actor=FINN)

    assert done == Applied(changed=False, orders=4, freed=Decimal(170))
    assert _states(session, cycle) == {
        60: ("reconciled", "redeemed", 60, None),
        70: ("partly_paid", "partly_redeemed", 30, None),
        80: ("failed", "rejected", 0, Rejection.ACCOUNT_UNKNOWN),
        90: ("reversed", "rejected", 0, Rejection.REFUSED),
    }
    after = balance(session, cycle.program_id)
    assert (before.bound, after.bound) == (Decimal(300), Decimal(130))
    released = select(FundEntry.amount).where(FundEntry.kind == FundEntryKind.RELEASE)
    assert session.scalars(released).all() == [Decimal(170)]
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.action == "reconciliations.apply"
    assert (entry.figures["paid"], entry.figures["failed"]) == (1, 1)


def test_every_row_has_its_verdict(session: Session) -> None:
    cycle, other = make_ordered(session), make_ordered(session, 2)
    ern, elsewhere = references_of(session, cycle), references_of(session, other)[60]
    file = make_checked(
        session,
        cycle,
        f"{ern[60]},paid,60,",
        f"{ern[60]},Success,,",  # the same, twice
        f"{ern[70]},paid,69.99,",
        f"{ern[80]},paid,,",
        f"{ern[80]},failed,,",  # the file says both
        f"{ern[90]},stuck in the mud,90,",
        f"{elsewhere},paid,60,",
        "ERN-AAAAAAAAAA,paid,60,",
        ",paid,60,",
        f"{elsewhere},paid,sixty,",
    )

    assert _findings(session, file) == [
        *("paid", "twice", "amount_differs", "disagrees", "disagrees", "unclear"),
        *("elsewhere", "unknown", "unreadable", "unreadable"),
    ]


@pytest.mark.parametrize(
    ("was", "redeemed", "row", "finding"),
    [
        ("issued", 0, "pending,", Finding.PENDING),
        ("sent", 0, "paid,70", Finding.PAID),
        ("in_doubt", 0, "paid,", Finding.PAID),
        ("sending", 0, "failed,", Finding.FAILED),
        ("paid", 70, "paid,70", Finding.CONFIRMED),
        ("reconciled", 70, "paid,", Finding.ALREADY),
        ("paid", 70, "paid,71", Finding.AMOUNT_DIFFERS),
        ("paid", 70, "failed,", Finding.CONTRADICTS),
        ("paid", 70, "partial,30", Finding.CONTRADICTS),
        ("paid", 70, "reversed,", Finding.REVERSED),
        ("partly_paid", 30, "paid,70", Finding.PAID),
        ("partly_paid", 30, "partial,30", Finding.ALREADY),
        ("partly_paid", 30, "partial,40", Finding.PARTLY_PAID),
        ("partly_paid", 30, "partial,20", Finding.CONTRADICTS),
        ("partly_paid", 30, "failed,", Finding.CONTRADICTS),
        ("partly_paid", 30, "reversed,", Finding.REVERSED),
        ("failed", 0, "failed,", Finding.ALREADY),
        ("failed", 0, "paid,70", Finding.CONTRADICTS),
        ("failed", 0, "reversed,", Finding.CONTRADICTS),
        ("reversed", 0, "reversed,", Finding.ALREADY),
        ("reversed", 0, "paid,70", Finding.CONTRADICTS),
        ("sent", 0, "partial,", Finding.UNREADABLE),
        ("sent", 0, "partial,70", Finding.AMOUNT_DIFFERS),
        ("sent", 0, "partial,0", Finding.AMOUNT_DIFFERS),
        ("sent", 0, "partial,0.01", Finding.PARTLY_PAID),
    ],
)
def test_a_row_is_held_against_what_is_known_of_its_order(
    session: Session, was: str, redeemed: int, row: str, finding: Finding
) -> None:
    cycle = make_ordered(session, 3)
    session.execute(update(Payment).values(state=PaymentState(was)))
    session.execute(update(Entitlement).values(redeemed=redeemed))

    file = make_checked(session, cycle, f"{references_of(session, cycle)[70]},{row},")

    assert _findings(session, file) == [finding.value]


def test_the_same_file_is_known_by_its_bytes(session: Session) -> None:
    cycle = make_ordered(session, 3)
    row = f"{references_of(session, cycle)[70]},paid,70,"
    first = make_checked(session, cycle, row)

    with pytest.raises(SentBefore, match=r"answers\.csv"):
        make_checked(session, cycle, row, name="again.csv")
    discard(session, first.id, actor=FINN)
    assert make_checked(session, cycle, row, name="again.csv").counts == {"paid": 1}


def test_the_same_rows_in_another_file_are_known_and_change_nothing(session: Session) -> None:
    cycle = make_ordered(session, 3, 4)
    ern = references_of(session, cycle)
    rows = [f"{ern[70]},paid,70,", f"{ern[80]},failed,,"]
    first = make_checked(session, cycle, *rows)
    apply(session, first.id, actor=FINN)

    again = make_checked(session, cycle, *reversed(rows), name="again.csv")

    assert again.counts == {"already": 2}
    same = file_page(session, again.id, actor=FINN).same
    assert same is not None
    assert same.id == first.id
    with pytest.raises(NothingToApply):
        apply(session, again.id, actor=FINN)


def test_of_two_files_that_say_the_same_one_counts(session: Session) -> None:
    cycle = make_ordered(session, 3)
    ern = references_of(session, cycle)[70]
    one = make_checked(session, cycle, f"{ern},failed,,")
    two = make_checked(session, cycle, f"{ern},failed,,late", name="two.csv")

    apply(session, one.id, actor=FINN)

    assert apply(session, two.id, actor=FINN) == Applied(changed=True)
    assert two.counts == {"already": 1}
    assert balance(session, cycle.program_id).bound == 0
    with pytest.raises(FileElsewhere):
        apply(session, one.id, actor=FINN)


def test_words_nobody_knows_are_explained_once_for_all_files_of_a_provider(
    session: Session,
) -> None:
    cycle = make_ordered(session, 3, 4)
    ern = references_of(session, cycle)
    file = make_checked(session, cycle, f"{ern[70]},Geld weg,70,", f"{ern[80]},,80,")
    assert file_page(session, file.id, actor=FINN).unclear == [("", 1), ("Geld weg", 1)]

    teach(session, file.id, {"Geld weg": "paid", "": "failed"}, actor=FINN)

    assert file.counts == {"paid": 1, "failed": 1}
    later = make_checked(session, cycle, f"{ern[80]},GELD WEG,80,", name="later.csv")
    assert later.counts == {"paid": 1}


def test_columns_said_of_a_provider_hold_for_its_next_file(session: Session) -> None:
    cycle = make_ordered(session, 3)
    ern = references_of(session, cycle)[70]
    file = make_file(session, cycle, f"Nummer;Was\n{ern};paid\n")
    assert file.mapping == {}
    map_columns(session, file.id, {"reference": "Nummer", "outcome": "Was"}, actor=FINN)
    check(session, file.id, actor=FINN, report=Silent().report)

    later = make_file(session, cycle, f"Nummer;Was\n{ern};failed\n", "later.csv")

    assert later.mapping == {"reference": "Nummer", "outcome": "Was"}


def test_a_workbook_is_read_as_a_csv_is(session: Session, tmp_path: Path) -> None:
    cycle = make_ordered(session, 3, 4)
    ern = references_of(session, cycle)
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("Bank of Kesara, 24 November",))
        sheet.write_row(2, 0, ("Payment reference", "Status", "Amount"))
        sheet.write_row(3, 0, (ern[70].lower().replace("-", " "), "Paid", 70))
        sheet.write_row(4, 0, (ern[80], "Paid", 80.5))
    made = upload(session, cycle.id, "Bank", keep_personal_file(path), "answers.xlsx", actor=FINN)
    check(session, made.id, actor=FINN, report=Silent().report)

    assert made.counts == {"paid": 1, "amount_differs": 1}


def test_what_is_no_answer_is_refused_with_a_sentence(session: Session) -> None:
    cycle = make_ordered(session, 3)
    file = make_file(session, cycle, "a,b\n1,2\n")

    with pytest.raises(ProviderUnnamed):
        upload(session, cycle.id, " ", keep_personal_file(Path(__file__)), "x.csv", actor=FINN)
    with pytest.raises(ColumnsUnsaid):
        map_columns(session, file.id, {"amount": "a"}, actor=FINN)
    with pytest.raises(ColumnNotThere, match="headed c"):
        map_columns(session, file.id, {"reference": "c"}, actor=FINN)
    with pytest.raises(FileElsewhere):
        apply(session, file.id, actor=FINN)


def test_answers_come_after_orders(session: Session) -> None:
    approved = make_approved(session, make_program(session), make_family(session, 3))
    with pytest.raises(NothingOrdered):
        make_file(session, approved, "reference\n1\n")
    approved.state = CycleState.CANCELLED
    with pytest.raises(CycleElsewhere):
        make_file(session, approved, "reference\n1\n")


def test_only_who_may_reconcile_does(session: Session) -> None:
    cycle = make_ordered(session, 3)
    file = make_checked(session, cycle, f"{references_of(session, cycle)[70]},paid,70,")
    other = make_actor(77, "Nobody", "program:read")

    for act in (apply, discard):
        with pytest.raises(Forbidden):
            act(session, file.id, actor=other)
    assert room_of(session, cycle.id, actor=other).answered.instructed.orders == 1


def test_money_that_comes_back_after_the_end_is_free_again(session: Session) -> None:
    cycle = make_ordered(session, 3)
    ern = references_of(session, cycle)[70]
    apply(session, make_checked(session, cycle, f"{ern},paid,70,").id, actor=FINN)
    end_cycle(session, cycle.id, actor=DARA)
    late = make_checked(session, cycle, f"{ern},reversed,70,", name="late.csv")

    apply(session, late.id, actor=FINN)

    assert balance(session, cycle.program_id).bound == 0
    assert session.scalars(select(Entitlement.state)).all() == [EntitlementState.REJECTED]


def test_the_rest_of_what_was_paid_in_part_is_free_once_a_cycle_has_ended(
    session: Session,
) -> None:
    cycle = make_ordered(session, 3)
    ern = references_of(session, cycle)[70]
    apply(session, make_checked(session, cycle, f"{ern},partial,30,").id, actor=FINN)

    assert end_cycle(session, cycle.id, actor=DARA) == 40
    assert balance(session, cycle.program_id).bound == 30
    late = make_checked(session, cycle, f"{ern},paid,70,", name="late.csv")
    assert late.counts == {"contradicts": 1}


def test_forty_rows_cost_no_more_statements_than_one(
    session: Session, statements: list[str]
) -> None:
    taken = []
    for families in (1, 40):
        cycle = make_ordered(session, *[3] * families)
        asked = select(Entitlement.ern).where(Entitlement.cycle_id == cycle.id)
        rows = [f"{ern},paid,70," for ern in session.scalars(asked)]
        file = make_checked(session, cycle, *rows)
        session.expire_all()
        statements.clear()
        assert apply(session, file.id, actor=FINN).orders == families
        taken.append(len(statements))

    assert taken[0] == taken[1]
