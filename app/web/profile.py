"""The page of a registrant: what stands on it, tab by tab.

Whoever adds a part to it writes a template and puts one row into `PARTS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request

from app.auth.permissions import May as Roof
from app.request import actor, db
from app.telling.told import changes_told
from app.trail import history_of, looks_at
from app.why_said import verdict_said
from core.words import _
from programs.permissions import May as Programs
from programs.queries.members import received_by, standings_of
from programs.queries.targeting_why import verdicts_of
from programs.queries.timeline import SOURCES
from registry.changes.kinds import kind_words
from registry.models.fields import Scope
from registry.parsing.abilities import levels, questions
from registry.permissions import May
from registry.queries.changes import open_changes_of
from registry.queries.consents import consents_of
from registry.queries.documents import documents_of
from registry.queries.field_answers import Answered, answers
from registry.queries.fields import known_fields, written
from registry.queries.holdings import plots_of
from registry.queries.records import beside
from registry.queries.registrants import Registered
from registry.queries.scores import scores_of
from registry.queries.timeline import Timeline, Topic, timeline
from registry.queries.visits import visits_of
from registry.queries.vocabularies import label

LATEST = 8  # things that happened, on the first tab


@dataclass(frozen=True)
class Part:
    """One tab: its code in the address, its words, its template, and what that template is given.

    Who has none of the permissions in `needs` does not see it; an empty one is for everybody.
    """

    code: str
    words: Callable[[], str]
    template: str
    given: Callable[[Registered], dict[str, Any]]
    needs: frozenset[str] = frozenset()


def parts() -> list[Part]:
    """The tabs the actor sees, in their order."""
    return [part for part in PARTS if not part.needs or any(map(actor().may, part.needs))]


def asked_part() -> Part:
    """The tab the address asks for, else the first."""
    found = {part.code: part for part in parts()}
    return found.get(request.args.get("tab", ""), PARTS[0])


def happened(found: Registered, topic: Topic | None = None) -> Timeline:
    """What happened to a registrant, before the moment of the address if it names one."""
    before = request.args.get("before", type=datetime.fromisoformat)
    return timeline(db(), found.registrant, SOURCES, actor=actor(), before=before, topic=topic)


def _overview(found: Registered) -> dict[str, Any]:
    told = timeline(db(), found.registrant, SOURCES, actor=actor())
    return {
        "answered": _answered(found),
        "broken_down": scores_of(db(), found.registrant.id, actor=actor()),
        "label": label,
        "told": told,
        "latest": told.told[:LATEST],
        "standings": standings_of(db(), found.registrant.id, actor=actor()),
        "received": received_by(db(), found.registrant.id, actor=actor()),
        "registrant_id": found.registrant.id,
    }


def _answered(found: Registered) -> list[Answered]:
    """What own fields say of it."""
    scope = Scope.GROUP if found.group else Scope.INDIVIDUAL
    return answers(db(), found.registrant.id, scope, actor=actor())


def _timeline(found: Registered) -> dict[str, Any]:
    asked = request.args.get("topic", "")
    topic = Topic(asked) if asked in {*Topic} else None
    return {"told": happened(found, topic), "topic": topic, "topics": [*Topic]}


def _trail(found: Registered) -> dict[str, Any]:
    """Which fields were changed and who looked, for those who may know."""
    history, looks = actor().may(May.READ_HISTORY), actor().may(Roof.READ_AUDIT)
    whom = found.registrant
    return {
        "changes": changes_told(db(), history_of(db(), whom, actor=actor())) if history else None,
        "looks": looks_at(db(), whom, actor=actor()) if looks else None,
    }


def _changes(found: Registered) -> dict[str, Any]:
    changes = open_changes_of(db(), found.registrant.id, actor=actor())
    return {"open_changes": changes, "change_kinds": kind_words()}


def _record(found: Registered) -> dict[str, Any]:
    return {"beside": beside(db(), found.registrant, actor=actor())}


def _visits(found: Registered) -> dict[str, Any]:
    papers = documents_of(db(), found.registrant.id, actor=actor())
    return {
        "visits": visits_of(db(), found.registrant.id),
        "consents": consents_of(db(), found.registrant.id),
        "documents": [(str(each.id), each.name) for each in papers if each.sha256],
        "questions": questions(),
        "levels": levels(),
        "own": known_fields(db(), Scope.GROUP if found.group else Scope.INDIVIDUAL),
        "written": written,
    }


def _land(found: Registered) -> dict[str, Any]:
    return {"plots": plots_of(db(), found.registrant, actor=actor())}


def _why(found: Registered) -> dict[str, Any]:
    verdicts = verdicts_of(db(), found.registrant, actor=actor())
    said = [(each, verdict_said(each)) for each in verdicts]
    return {"verdicts": said, "number": found.registrant.number}


TRAIL = frozenset({May.READ_HISTORY, May.ERASE_REGISTRANTS, May.WRITE_REGISTRANTS, Roof.READ_AUDIT})
WHY = frozenset({Programs.READ_PROGRAMS})
PARTS = (
    Part("", lambda: _("Overview"), "registry/_overview.html", _overview),
    Part("timeline", lambda: _("Everything that happened"), "registry/_timeline.html", _timeline),
    Part("record", lambda: _("Papers and contacts"), "registry/_record.html", _record),
    Part("visits", lambda: _("Visits and consent"), "registry/_visits.html", _visits),
    Part("land", lambda: _("Land"), "plots/_of_registrant.html", _land),
    Part("why", lambda: _("Why, and why not"), "targeting/_of_registrant.html", _why, WHY),
    Part("changes", lambda: _("Asked to be changed"), "changes/_of_registrant.html", _changes),
    Part("trail", lambda: _("Changes and looks"), "registry/_trail.html", _trail, TRAIL),
)
