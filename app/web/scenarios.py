"""Scenarios: what a round might be, several side by side, and one of them made the next cycle."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, db
from app.web.cover_maps import cover_maps
from app.web.cycles import tell_enrolled
from app.web.days import day_typed
from app.web.kept_filters import kept_filters
from app.web.targeting import number_of
from core.clock import today
from core.cql import both
from core.money import amount_of
from core.words import _
from programs.models.scenarios import Scenario
from programs.permissions import May
from programs.queries.cycles import choices
from programs.queries.gifts import Gift, gifts_in, gifts_of
from programs.queries.queryables import terms_listed
from programs.queries.scenarios import comparison, scenario_of
from programs.queries.targeting import targeting_page
from programs.queries.targets import WHOM, whom_of
from programs.services import scenarios
from programs.services.scenarios import Draft
from registry.queries.filters import condition_with

bp = Blueprint("scenarios", __name__, url_prefix="/programs/<int:program_id>/scenarios")


@bp.get("")
def index(program_id: int) -> str:
    wanted = request.args.getlist("show", type=int)
    found = comparison(db(), program_id, wanted, actor=actor())
    maps = cover_maps(db(), [each.found.areas if each.found else [] for each in found.shown])
    return render_template("scenarios/index.html", found=found, maps=maps)


@bp.get("/new")
def new(program_id: int) -> str:
    like = request.args.get("like", type=int)
    page = targeting_page(db(), program_id, actor=actor())
    return _form(program_id, like, "", page.rules.eligibility)


@bp.get("/<int:scenario_id>")
def edit(program_id: int, scenario_id: int) -> str:
    page = targeting_page(db(), program_id, actor=actor())
    name = scenario_of(db(), page.program.id, scenario_id).name
    return _form(program_id, scenario_id, name, page.rules.eligibility)


@bp.post("")
def keep(program_id: int) -> Response:
    draft = _draft(program_id, request.form)
    scenarios.keep_scenario(db(), program_id, draft, actor=actor())
    flash(_("The scenario was kept; nothing of it is written into a cycle."))
    return redirect(url_for(".index", program_id=program_id), 303)


@bp.post("/<int:scenario_id>")
def save(program_id: int, scenario_id: int) -> Response:
    draft = _draft(program_id, request.form)
    scenarios.change_scenario(db(), program_id, scenario_id, draft, actor=actor())
    flash(_("The scenario was changed."))
    return redirect(url_for(".index", program_id=program_id, show=scenario_id), 303)


@bp.post("/<int:scenario_id>/drop")
def drop(program_id: int, scenario_id: int) -> Response:
    scenarios.drop_scenario(db(), program_id, scenario_id, actor=actor())
    flash(_("The scenario was taken away."))
    return redirect(url_for(".index", program_id=program_id), 303)


@bp.post("/<int:scenario_id>/promote")
def promote(program_id: int, scenario_id: int) -> Response:
    begun = scenarios.promote_scenario(db(), program_id, scenario_id, actor=actor())
    tell_enrolled(begun.enrolled, program_id)
    return redirect(url_for("cycles.show", cycle_id=begun.cycle_id), 303)


def _form(program_id: int, like: int | None, name: str, rule: str) -> str:
    """The form of a scenario, filled in as one that is kept or as the program is now."""
    actor().require(May.PREPARE_CYCLES)
    scenario = scenario_of(db(), program_id, like) if like else None
    page = targeting_page(db(), program_id, actor=actor())
    subject = WHOM[page.program.target].subject
    return render_template(
        "scenarios/form.html",
        page=page,
        scenario=scenario,
        name=name,
        rule=scenario.rule if scenario else rule,
        gifts=gifts_in(db(), program_id, like),
        rosters=choices(db(), actor=actor()).rosters,
        terms=terms_listed(db(), actor=actor(), subject=subject),
        kept_filters=kept_filters(subject),
        starts_on=_starts_on(scenario),
    )


def _starts_on(scenario: Scenario | None) -> date:
    return scenario.starts_on if scenario else today()


def _draft(program_id: int, form: Mapping[str, str]) -> Draft:
    most = number_of(form.get("most", ""))
    own = gifts_of(db(), program_id)
    return Draft(
        name=form["name"],
        roster_id=int(number_of(form.get("roster_id", "0")) or 0),
        starts_on=day_typed(form["starts_on"]) or today(),
        with_probable="with_probable" in form,
        rule=_rule(program_id, form),
        value=number_of(form.get("value", "")),
        most=None if most is None else int(most),
        gifts={key: _gift(form, key, gift) for key, gift in own.items() if f"{key}.0" in form},
    )


def _rule(program_id: int, form: Mapping[str, str]) -> str:
    """The rule, in some areas only where any are named."""
    kept, typed = form.get("kept", ""), form.get("rule", "")
    subject = whom_of(db(), program_id).subject
    written = condition_with(db(), kept, typed, actor=actor(), subject=subject)
    pcodes = form.get("areas", "").replace(",", " ").split()
    if not pcodes:
        return written
    listed = ", ".join("'{}'".format(code.replace("'", "''")) for code in pcodes)
    return both(f"area_in({listed})", written)


def _gift(form: Mapping[str, str], benefit_id: int, now: Gift) -> Gift:
    """A benefit with the amounts of the form, the rest of it as it is now."""

    def typed(name: str) -> str:
        return form.get(f"{benefit_id}.{name}", "").strip()

    least, most = typed("minimum"), typed("cap")
    return replace(
        now,
        items=tuple(
            replace(item, expression=typed(str(place)) or "0")
            for place, item in enumerate(now.items)
        ),
        minimum=amount_of(least) if least else None,
        cap=amount_of(most) if most else None,
    )
