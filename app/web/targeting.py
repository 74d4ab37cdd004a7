"""Targeting: whom a program is for, rule by rule, and the lists that were pasted."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, db
from app.web.kept_filters import kept_filters
from app.web.targets import called
from core.errors import Invalid
from core.words import _
from programs.models.programs import Program, Target
from programs.models.targeting import Side
from programs.queries.queryables import terms_listed
from programs.queries.reach import program_seen
from programs.queries.targeting import Block, Rules, scores_in_force, targeting_page
from programs.queries.targets import WHOM
from programs.services import targeting
from registry.queries.filters import condition_with

NEW = "new"  # the place of the block that is not there yet
TOLD = 12  # numbers that are named one by one
QUOTA = re.compile(r"([^\s,;:]+)[\s,;:]+(-?\d+)")

bp = Blueprint("targeting", __name__, url_prefix="/programs/<int:program_id>/targeting")


class NumberUnreadable(Invalid):
    """{typed} is not a number; write digits, such as 0.5 or 1200."""


class QuotaUnreadable(Invalid):
    """No quota can be read in “{line}”; write a P-code and a number, one area a line."""


@bp.get("")
def show(program_id: int) -> str:
    page = targeting_page(db(), program_id, actor=actor())
    subject = WHOM[page.program.target].subject
    return render_template(
        "targeting/show.html",
        page=page,
        terms=terms_listed(db(), actor=actor(), subject=subject),
        kept_filters=kept_filters(subject),
        scores=[(code, code) for code in scores_in_force(db())],
        quotas="\n".join(f"{pcode} {most}" for pcode, _name, most in page.quotas),
    )


@bp.post("")
def save(program_id: int) -> Response:
    rules = _rules(request.form, _program(program_id).target)
    targeting.set_rules(db(), program_id, rules, actor=actor())
    flash(_("The rules were kept; draft cycles judge by them when they enrol again."))
    return _back(program_id)


@bp.post("/lists")
def paste(program_id: int) -> Response:
    form = request.form
    side = Side.TAKE if form.get("side") == Side.TAKE else Side.LEAVE
    done = targeting.paste_list(
        db(), program_id, side, form["reason"], form["numbers"], actor=actor()
    )
    who = called(_program(program_id).target)
    flash(who["on_list"](done.households))
    if done.unknown:
        flash(_unknown_said(done.unknown, who))
    return _back(program_id)


@bp.post("/lists/<int:list_id>/drop")
def drop(program_id: int, list_id: int) -> Response:
    targeting.drop_list(db(), program_id, list_id, actor=actor())
    flash(_("The list was taken away."))
    return _back(program_id)


def _program(program_id: int) -> Program:
    return program_seen(db(), program_id, actor=actor())


def _rules(form: Mapping[str, str], target: Target) -> Rules:
    most = number_of(form.get("most", ""))
    return Rules(
        take=_blocks(form, Side.TAKE, target),
        leave=_blocks(form, Side.LEAVE, target),
        value=number_of(form.get("value", "")),
        most=None if most is None else int(most),
        score=form.get("score", ""),
        lowest_first=form.get("order") == "lowest",
        quotas=_quotas(form.get("quotas", "")),
    )


def _blocks(form: Mapping[str, str], side: Side, target: Target) -> tuple[Block, ...]:
    """The blocks of a form; one that asks nothing is none."""
    found = re.compile(rf"{side}\.(\d+|{NEW})\.household")
    places = [each[1] for name in form if (each := found.fullmatch(name))]
    blocks = [_block(form, f"{side}.{place}", target) for place in sorted(places, key=_in_order)]
    return tuple(block for block in blocks if block.written)


def _block(form: Mapping[str, str], place: str, target: Target) -> Block:
    said = {part: form.get(f"{place}.{part}", "") for part in ("name", "household", "member")}
    kept = form.get("kept", "") if place == f"{Side.TAKE}.{NEW}" else ""
    subject = WHOM[target].subject
    household = condition_with(db(), kept, said["household"], actor=actor(), subject=subject)
    members = number_of(form.get(f"{place}.members", ""))
    least = 1 if members is None else int(members)
    return Block(said["name"].strip(), household.strip(), said["member"].strip(), least)


def _in_order(place: str) -> tuple[bool, int]:
    return place == NEW, 0 if place == NEW else int(place)


def _quotas(written: str) -> tuple[tuple[str, int], ...]:
    lines = [line.strip() for line in written.splitlines() if line.strip()]
    return tuple(_quota(line) for line in lines)


def _quota(line: str) -> tuple[str, int]:
    found = QUOTA.fullmatch(line)
    if not found:
        raise QuotaUnreadable(line=line[:60])
    return found[1], int(found[2])


def number_of(typed: str) -> Decimal | None:
    """A number as it was typed; None where nothing was."""
    if not typed.strip():
        return None
    try:
        number = Decimal(typed.strip())
    except InvalidOperation:
        raise NumberUnreadable(typed=typed.strip()[:40]) from None
    if not number.is_finite() or abs(number) >= 10**9:
        raise NumberUnreadable(typed=typed.strip()[:40])
    return number


def _unknown_said(unknown: Sequence[str], who: Mapping[str, Any]) -> str:
    named = ", ".join(each[:20] for each in unknown[:TOLD])
    rest = len(unknown) - TOLD
    if rest > 0:
        return str(who["none_seen_more"](named=named, more=rest))
    return str(who["none_seen"](named=named))


def _back(program_id: int, **given: Any) -> Response:
    return redirect(url_for(".show", program_id=program_id, **given), 303)
