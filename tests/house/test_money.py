"""What moves money is done only by who has lately proved to be there themselves."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import FunctionType, ModuleType

from flask import Flask

from app.auth.roles import MONEY

ACTS = ("programs.services", "programs.jobs")


def _named(node: ast.expr, function: FunctionType) -> object:
    """What a name, or a name of a module, stands for inside a function."""
    if isinstance(node, ast.Name):
        return function.__globals__.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = function.__globals__.get(node.value.id)
        return getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
    return None


def _required(function: FunctionType, seen: set[FunctionType]) -> Iterator[object]:
    """The permissions a function, and the acts and work it names, ask of their actor."""
    seen.add(function)
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".require"):
            permission = node.args[0]
            assert isinstance(permission, ast.Attribute), ast.unparse(node)
            yield getattr(_named(permission.value, function), permission.attr)
        if isinstance(node, ast.Name | ast.Attribute):
            meant = _named(node, function)
            if isinstance(meant, FunctionType) and meant not in seen and _is_act(meant, function):
                yield from _required(meant, seen)


def _is_act(meant: FunctionType, function: FunctionType) -> bool:
    return meant.__module__.startswith(ACTS) or meant.__module__ == function.__module__


def test_every_form_that_moves_money_asks_for_a_fresh_confirmation(web: Flask) -> None:
    moves, marked = set(), set()
    for rule in web.url_map.iter_rules():
        view = inspect.unwrap(web.view_functions[rule.endpoint])
        if "POST" not in (rule.methods or ()) or not isinstance(view, FunctionType):
            continue
        if MONEY.intersection(map(str, _required(view, set()))):
            moves.add(rule.endpoint)
        if getattr(view, "confirmed", False):
            marked.add(rule.endpoint)

    assert moves <= marked
    assert moves >= {
        "approvals.sign",
        "programs.deposit",
        "cycles.pay",
        "cycles.issue",
        "cycles.print_sheets",
        "payments.csv",
        "payments.workbook",
        "payment_plans.make",
        *(f"payments.{act}" for act in ("send", "ask", "retry", "file", "handed", "report")),
    }
