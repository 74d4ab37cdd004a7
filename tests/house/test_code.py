"""Rules that hold for all code, present and future."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from types import FunctionType

import pytest

import app
import core
import geo
import programs
import registry
from app.auth.roles import GIVES, Role
from app.worker import load_works
from core.errors import Refusal
from core.jobs import works
from core.settings import Settings
from tests.places import ROOT

FLOORS = (core, geo, registry, programs, app)
PERMISSIONS = ("geo.permissions", "registry.permissions", "programs.permissions")
LONGEST_FILE = 400


def _modules() -> Iterator[str]:
    for floor in FLOORS:
        for module in pkgutil.walk_packages(floor.__path__, f"{floor.__name__}."):
            yield module.name


MODULES = sorted(set(_modules()) - {"app.wsgi"})  # that one opens the pool


def _source(kinds: tuple[str, ...]) -> list[Path]:
    places = ("core", "geo", "registry", "programs", "app", "bench", "deploy", "tests", "static")
    found = (p for place in places for kind in kinds for p in (ROOT / place).rglob(f"*{kind}"))
    return [p for p in found if "vendor" not in p.parts]


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = {
        str(p.relative_to(ROOT)): lines
        for p in [*_source((".py", ".js", ".css")), *(ROOT / "templates").rglob("*.html")]
        if (lines := len(p.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_the_ground_has_at_most_eighteen_files() -> None:
    assert len(list((ROOT / "core").glob("*.py"))) - 1 <= 18


@pytest.mark.parametrize("name", [m for m in MODULES if ".services." in m])
def test_every_act_takes_an_actor_and_asks_for_permission_first(name: str) -> None:
    module = importlib.import_module(name)
    for function in (f for _n, f in inspect.getmembers(module, inspect.isfunction)):
        if function.__module__ != name or function.__name__.startswith("_"):
            continue
        if "actor" not in inspect.signature(function).parameters:
            assert not _writes_an_audit_entry(function), f"{name}.{function.__name__}"
            continue
        assert _requires_first(function), f"{name}.{function.__name__} does not ask first"


def _writes_an_audit_entry(function: object) -> bool:
    return "audit.act(" in inspect.getsource(function)  # type: ignore[arg-type]


def _requires_first(function: object) -> bool:
    """`actor.require(...)` is the first statement after the docstring."""
    tree = ast.parse(inspect.getsource(function).lstrip())  # type: ignore[arg-type]
    body = tree.body[0].body[1:]  # type: ignore[attr-defined]
    return bool(body) and "actor.require(" in ast.unparse(body[0])


def test_every_permission_belongs_to_a_role_and_every_role_exists() -> None:
    given = frozenset().union(*GIVES.values())
    for name in (*PERMISSIONS, "app.auth.permissions"):
        may: type[StrEnum] = importlib.import_module(name).May
        assert {str(permission) for permission in may} <= given, name
    assert set(GIVES) == set(Role)


def test_every_work_of_a_jobs_drawer_is_registered_and_named() -> None:
    load_works()
    for name in (m for m in MODULES if ".jobs." in m):
        for function in _works_in(name):
            assert works.get(f"{name}.{function.__name__}") is function, name
            assert (function.__doc__ or "").strip(), name


def _works_in(name: str) -> Iterator[FunctionType]:
    for _name, function in inspect.getmembers(importlib.import_module(name), inspect.isfunction):
        is_work = {"actor", "progress"} <= set(inspect.signature(function).parameters)
        if is_work and function.__module__ == name and not function.__name__.startswith("_"):
            yield function


def test_every_setting_says_what_it_is_for() -> None:
    for setting in fields(Settings):
        assert setting.metadata["meaning"].endswith(".")


def _refusals(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for case in kind.__subclasses__():
        yield case
        yield from _refusals(case)


def test_every_refusal_is_one_sentence_that_says_what_to_do() -> None:
    for name in MODULES:
        importlib.import_module(name)
    for case in _refusals(Refusal):
        if case.__module__.split(".")[0] in {"core", "geo", "registry", "programs", "app"}:
            sentence = case.sentence()
            assert sentence.endswith((".", "}")), case
            assert sentence[0].isupper() or sentence[0] in '{"', case
            assert case.status != 500, case


def test_only_the_transaction_commits() -> None:
    for path in _source((".py",)):
        if path.relative_to(ROOT).parts[0] in {"core", "geo", "registry", "programs", "app"}:
            assert ".commit()" not in path.read_text(), path


def test_no_drawer_is_without_a_name() -> None:
    forbidden = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert not [p for p in _source((".py",)) if p.name in forbidden]
