"""How many households live where a release says something, for maps that leave the platform."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.releases import Release
from geo.models.selections import Selection
from geo.permissions import May as Geo
from geo.queries.selections import Question, question_of, table_level
from registry.counting.answers import WHY
from registry.permissions import May
from registry.queries.answers import ByArea, ask

SET_APART = {"households_out_in_permanent_water": "permanent_water"} | {
    f"households_not_observed_{name}": name for name in WHY
}


def households_by_area(
    session: Session, release: Release, level: int, *, actor: Actor
) -> dict[str, dict[str, Any]]:
    """The households of the areas of a level by what a release says of them, by P-code.

    Whoever asks is told what is told to those who may not see a few, since a map is copied on:
    figures that tell of a few are null. An area in which nobody lives has none; whoever may not
    count households is told of nobody.
    """
    return _told_to_anybody(session, Question(release_id=release.id), level, actor)


def households_selected(
    session: Session, selection: Selection, *, actor: Actor
) -> dict[str, dict[str, Any]]:
    """The households of the areas a kept selection meets, by its answer and by P-code.

    They are told as those of a release are, and round a drawing to nobody: what is copied on could
    be drawn round one house.
    """
    question = question_of(session, selection)
    if question.shape or question.without_shape:
        return {}
    return _told_to_anybody(session, question, table_level(session, question), actor)


def _told_to_anybody(
    session: Session, question: Question, level: int, actor: Actor
) -> dict[str, dict[str, Any]]:
    if not actor.may(May.COUNT_REGISTRANTS):
        return {}
    anybody = replace(actor, permissions=actor.permissions - {Geo.EXACT_LOCATIONS})
    result = ask(session, question, actor=anybody, level=level)
    return {area.pcode: told_of(area) for area in result.areas if area.pcode}


def told_of(area: ByArea) -> dict[str, Any]:
    """The figures of an area by the names files and services give them."""
    answers = area.answers
    return {
        "households": answers.asked,
        "households_in": answers.in_,
        "households_probable": answers.probable,
        "households_out": answers.out,
        "households_not_observed": answers.not_observed,
        "households_unlocated": answers.unlocated,
        "people_in": area.people_in,
    } | {column: getattr(answers.apart, name) for column, name in SET_APART.items()}
