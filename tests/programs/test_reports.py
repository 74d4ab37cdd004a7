"""Cycles and funds on paper, whom a program reaches, and lists that are signed by their digest."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pypdfium2
from sqlalchemy.orm import Session

from core.storage import path_of
from geo.models.areas import Area
from programs.documents.reports import Part, Report, report_pdf
from programs.models.cycles import Cycle
from programs.models.programs import Program
from programs.queries.coverage import coverage_of
from programs.queries.fund_statements import fund_statement
from programs.queries.lists_made import list_of_digest
from programs.queries.standing import standing_of
from programs.services.payments import export_csv, make_payments
from programs.services.reconciliations import apply
from registry.permissions import May as Registry
from tests.make.geo import make_country
from tests.make.programs import DARA, FINN, make_approved, make_family, make_program
from tests.make.reconciliations import make_checked, references_of
from tests.make.registry import make_location

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def words_of(pdf: bytes) -> list[str]:
    """What stands on each sheet."""
    return [
        " ".join(page.get_textpage().get_text_range().split())
        for page in pypdfium2.PdfDocument(pdf)
    ]


def _two_districts(session: Session) -> tuple[Program, Cycle, dict[str, Area]]:
    """Three households in X11, of two, three and four people, and one of five in X21; two of those
    in X11 are paid, one order fails, and X21 waits."""
    areas = make_country(session)
    west = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    east = make_location(session, 2.5, 0.5, area_id=areas["X21"].id)
    homes = [make_family(session, size, west) for size in (2, 3, 4)]
    program = make_program(session)
    cycle = make_approved(session, program, *homes, make_family(session, 5, east))
    make_payments(session, cycle.id, actor=FINN)
    ern = references_of(session, cycle)
    said = (f"{ern[60]},paid,60,", f"{ern[70]},partial,30,", f"{ern[80]},failed,,")
    apply(session, make_checked(session, cycle, *said).id, actor=FINN)
    return program, cycle, areas


def test_coverage_counts_whom_a_program_reaches_area_by_area(session: Session) -> None:
    program, _cycle, _areas = _two_districts(session)

    told = coverage_of(session, program.id, 2, actor=DARA)

    found = {area.pcode: dict(area.n) for area in told.areas}
    assert found["X11"] == {"shock": 3, "due": 2, "reached": 2, "gap": 1}
    assert found["X21"] == {"shock": 1, "due": 1, "reached": 0, "gap": 1}
    assert dict(told.whole.n) == {"shock": 4, "due": 3, "reached": 2, "gap": 2}
    assert told.base == 1


def test_a_household_of_two_lists_counts_once(session: Session) -> None:
    areas = make_country(session)
    home = make_family(session, 2, make_location(session, 0.5, 0.5, area_id=areas["X11"].id))
    program = make_program(session)
    for _time in range(2):
        make_approved(session, program, home)

    told = coverage_of(session, program.id, 1, actor=DARA)

    assert dict(told.whole.n) == {"shock": 1, "due": 1, "reached": 0, "gap": 1}


def test_who_may_not_read_of_people_is_told_rounded_figures(session: Session) -> None:
    program, _cycle, _areas = _two_districts(session)
    counts = replace(DARA, permissions=DARA.permissions - {Registry.READ_REGISTRANTS})

    told = coverage_of(session, program.id, 2, actor=counts)

    assert told.base == 10
    found = {area.pcode: dict(area.n) for area in told.areas}
    assert found["X11"] == {"shock": 10, "due": 10, "reached": 10, "gap": 10}
    assert found["X12"] == {"shock": 0, "due": 0, "reached": 0, "gap": 0}


def test_who_is_bound_to_an_area_is_told_of_it_alone(session: Session) -> None:
    program, _cycle, areas = _two_districts(session)
    near = replace(DARA, national=False, area_ids=frozenset({areas["X2"].id}))

    told = coverage_of(session, program.id, 2, actor=near)

    assert dict(told.whole.n) == {"shock": 1, "due": 1, "reached": 0, "gap": 1}
    assert "X11" not in {area.pcode for area in told.areas}


def test_a_statement_of_a_fund_says_what_was_free_after_each_movement(session: Session) -> None:
    program, _cycle, _areas = _two_districts(session)

    told = fund_statement(session, program.id, actor=FINN)

    assert [(m.kind.value, m.amount, m.free) for m in told.movements] == [
        ("deposit", Decimal(1_000_000), Decimal(1_000_000)),
        ("commit", Decimal(-300), Decimal(999_700)),
        ("release", Decimal(80), Decimal(999_780)),
    ]
    (cycle,) = told.cycles
    assert (cycle.bound, cycle.bound_now, cycle.paid) == (Decimal(300), Decimal(220), Decimal(90))
    assert told.balance.free == told.movements[-1].free


def test_a_list_is_known_by_its_bytes_and_one_that_was_changed_is_not(session: Session) -> None:
    cycle = make_approved(session, make_program(session), make_family(session, 3))
    batch = make_payments(session, cycle.id, actor=FINN)
    exported = export_csv(session, batch.id, actor=FINN)
    written = path_of(exported.kept.sha256).read_bytes()

    made = list_of_digest(session, hashlib.sha256(written).hexdigest(), actor=DARA)
    changed = hashlib.sha256(written.replace(b"70.00", b"90.00")).hexdigest()

    assert made is not None
    assert (made.cycle.id, made.total) == (cycle.id, Decimal(70))
    assert made.entry.actor_name == "Finn Ode"
    assert list_of_digest(session, changed, actor=DARA) is None
    elsewhere = replace(DARA, program_ids=frozenset())
    assert list_of_digest(session, made.entry.figures["digest"], actor=elsewhere) is None
    (file,) = standing_of(session, cycle.id, actor=FINN).files
    assert file.digest == hashlib.sha256(written).hexdigest()


def test_a_report_goes_on_to_as_many_sheets_as_it_takes(session: Session) -> None:
    rows = [(f"line {number}", "words") for number in range(80)]
    report = Report("Title", "about it", [Part("Part", rows)], "Written out by Dara")
    pdf = report_pdf(report, made_at=NOW)

    sheets = words_of(pdf)

    assert len(sheets) == 3
    assert "Title" in sheets[0]
    assert "line 79" in sheets[-1]
    assert all(f"line {number} " in " ".join(sheets) for number in range(80))
    assert pdf == report_pdf(report, made_at=NOW)


def test_what_is_long_stays_on_the_sheet_in_either_direction() -> None:
    for rtl in (False, True):
        rows = [("Digest", "0123456789abcdef" * 4), ("Why", "because " * 40)]
        part = Part("Part", rows, heads=("What", "How"), numbers=1)
        pdf = report_pdf(Report("T", "a", [part], "foot", rtl), made_at=NOW)
        (page,) = pypdfium2.PdfDocument(pdf)
        text = page.get_textpage()
        boxes = [text.get_rect(n) for n in range(text.count_rects())]
        assert min(left for left, _b, _r, _t in boxes) >= 60
        assert max(right for _l, _b, right, _t in boxes) <= 595 - 60
