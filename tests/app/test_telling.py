"""Every act, figure and field that the trail keeps has words; amounts have their currency."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.telling.acts import act_said, acts
from app.telling.currencies import currencies_of
from app.telling.names import field_names, figure_names
from app.telling.values import Said, value_said
from core.proofs import RETIRE
from tests.make.programs import make_family, make_prepared, make_program
from tests.places import ROOT

FLOORS = ("core", "geo", "registry", "programs", "app")
CONSTANTS = {"RETIRE": RETIRE}
TRAIL = [
    importlib.import_module(f"migrations.versions.{name}")
    for name in (
        "0012_trail",
        "0025_people",
        "0028_fields",
        "0032_changes",
        "0033_record",
        "0040_scores",
        "0042_plots",
        "0044_terms",
        "0051_agreed",
        "0055_targeting",
        "0057_money",
        "0058_payments",
    )
]
SPREAD = {
    "base",
    "per_member",
    "minimum",
    "cap",
    "delivery",
    "name",
} | {  # of what is not a keyword
    *("role", "area_id", "organisation_id", "program_id", "starts_on", "ends_on"),
    *("rows", "create", "update", "link", "ignore", "error", "flagged", "good"),
}


def _modules() -> Iterator[ast.Module]:
    for floor in FLOORS:
        for file in sorted(Path(ROOT, floor).rglob("*.py")):
            yield ast.parse(file.read_text())


def _acts_of(tree: ast.AST) -> Iterator[str]:
    """The codes of the acts a module does; of one made up as it goes, the beginning and `*`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.act":
            code = node.args[2]
            if isinstance(code, ast.Constant):
                yield str(code.value)
            elif isinstance(code, ast.JoinedStr) and isinstance(code.values[0], ast.Constant):
                yield str(code.values[0].value) + "*"
            else:
                yield CONSTANTS[ast.unparse(code)]


def _worded() -> set[str]:
    return {code for room in acts().values() for code in room}


def _wordless(done: set[str]) -> set[str]:
    """The acts without words."""
    return {
        code
        for code in done
        if not any(code == known or known.startswith(code.removesuffix("*")) for known in _worded())
    }


def test_every_act_of_the_code_has_words() -> None:
    done = {code for tree in _modules() for code in _acts_of(tree)}

    assert len(done) > 70
    assert _wordless(done) == set()


def test_an_act_without_words_is_found() -> None:
    code = 'with audit.act(session, actor, "tents.fold", tent) as figures:\n    pass'

    assert _wordless(set(_acts_of(ast.parse(code)))) == {"tents.fold"}


def test_no_words_are_kept_for_an_act_that_is_never_done() -> None:
    done = {code for tree in _modules() for code in _acts_of(tree)}
    begins = tuple(code[:-1] for code in done if code.endswith("*"))

    assert {code for code in _worded() if code not in done and not code.startswith(begins)} == set()


def _figures_of(tree: ast.AST) -> Iterator[str]:
    """The names of the figures that a module notes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "figures.update":
            yield from (keyword.arg for keyword in node.keywords if keyword.arg)
        elif isinstance(node, ast.Assign) and ast.unparse(node).startswith("figures["):
            yield ast.unparse(node.targets[0]).split("'")[1]


def test_every_figure_of_an_act_has_words() -> None:
    noted = {name for tree in _modules() for name in _figures_of(tree)} | SPREAD

    assert len(noted) > 60
    assert noted - {*figure_names(), *field_names()} == set()


def test_every_field_whose_changes_are_kept_has_words() -> None:
    told = (columns for each in TRAIL for _key, _about, columns in each.KEPT.values())
    kept = {name for columns in told for name in columns.split()}
    kept |= {"lon", "lat", "accuracy_m", "source", "key"}

    assert kept - {*field_names()} == set()


def test_an_act_of_earlier_days_keeps_its_code() -> None:
    assert act_said("tents.fold") == "tents.fold"
    assert act_said("cycles.start") == "Started a cycle"


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("total", "584500.0000", "MUR 584,500"),
        ("amount", "12.5000", "MUR 12.50"),
        ("households", 12345, "12,345"),
        ("state", "to_approve", "to be signed"),
        ("sex", "female", "woman or girl"),
        ("has_disability", True, "yes"),
        ("phone", None, "empty"),
        ("birth_date", "1990-03-14", "14 Mar 1990"),
        ("sha256", "0123456789abcdef" * 4, "0123456789ab…"),
        ("number", "2026-0007", "2026-0007"),
        ("area_id", 12345, "12345"),
        ("roles", "approver, viewer", "approver, viewer"),
        ("roles", "juggler", "juggler"),
        ("reason", "2026-11-23 25:61 the bridge fell", "2026-11-23 25:61 the bridge fell"),
        ("reason", "2026-11-23 25:61", "2026-11-23 25:61"),
        ("name_local", "2026-13-45", "2026-13-45"),
        ("total", "all of it", "all of it"),
        ("labels", {"en": "head", "fr": "chef"}, "head, chef"),
    ],
)
def test_a_value_is_told_as_people_write_it(name: str, value: Any, written: str) -> None:
    labels = {"sex": {"female": "woman or girl"}}

    assert value_said(name, value, "MUR", labels).text == written


def test_money_of_an_unknown_currency_is_grouped_alone() -> None:
    assert value_said("total", "584500.0000", None, {}) == Said("584,500")


def test_amounts_have_the_currency_of_their_program(session: Session) -> None:
    program = make_program(session, currency="MUR")
    cycle = make_prepared(session, program, make_family(session, 3))

    abouts = [("cycles", cycle.id), ("programs", program.id), ("users", 1)]

    assert currencies_of(session, abouts) == dict.fromkeys(abouts[:2], "MUR")
