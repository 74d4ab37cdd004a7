"""The pages of changes: the form of a kind, and one request with its lines before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from sqlalchemy import select

from app.auth.models import User
from app.looks import look_at
from app.request import actor, db
from app.telling.states import fixed_words
from app.web.maps import map_settings
from core.errors import Refusal
from core.words import _
from geo.permissions import May as Geo
from registry.changes.forms import Kind
from registry.changes.kinds import kind_words
from registry.changes.lines import OF_MEMBERS, OWN, Edit
from registry.changes.moving import point_said
from registry.changes.words import field_words, via_words
from registry.models.changes import ChangeLine, ChangeRequest, ChangeState
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.change_fields import own_field
from registry.queries.changes import Told, said_to, subject_of, told_of
from registry.queries.vocabularies import labels
from registry.queries.waiting_changes import DECIDES

AROUND = 0.01  # degrees beyond the places somebody moves between
LISTS = {"sex": "sex", "civil_status": "civil_status", "kind": "group_kind"}
Labels = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Shown:
    """One line as a page shows it: of whom, what, before and after; None is nothing."""

    name: str
    number: str
    what: str
    before: str | None
    after: str | None
    group: str = ""


def form_page(kind: Kind, number: str, told: Told | None, fault: Refusal | None = None) -> str:
    """The form of a kind of change that begins with a registrant, with what was written before."""
    subject = subject_of(db(), number, actor=actor())
    look_at([subject.id, *(each.id for each in subject.members)])
    written = told.answers if told and request.method == "GET" else request.values
    return render_template(
        "changes/write.html",
        kind=kind,
        subject=subject,
        asks=kind.asks(subject),
        said=written,
        told=told,
        fault=fault,
        words=labels(db()),
        named=kind_words()[kind.name],
        answers_to=request.values.get("answers_to", ""),
        settings=map_settings(db(), actor(), households=None, in_address=False),
    )


def request_page(number: str) -> str:
    """One request, with what whoever looks may do about it."""
    told = told_of(db(), number, actor=actor())
    look_at(told.people)
    words = labels(db())
    return render_template(
        "changes/show.html",
        told=told,
        asked=told.request,
        named=kind_words(),
        lines=[_shown(line, told, words) for line in told.lines],
        state=fixed_words()["state"][told.request.state],
        states=fixed_words()["state"],
        via=via_words()[told.request.via],
        users=_users(told.request),
        acts=acts_open(told),
        steps=_steps(told),
        words=words,
        settings=_map_of(told),
    )


def acts_open(told: Told) -> frozenset[str]:
    """What whoever looks may do about a request in the state it is in."""
    asked, who = told.request, actor()
    if asked.from_outside:
        return frozenset({"take_up"} if who.may(May.ASK_CHANGES) else ())
    if asked.maker == who.id:
        again = {"write", "ask"} & {*_WRITTEN.get(asked.state, ())}
        open_still = asked.state in (*_WRITTEN, *DECIDES)
        return frozenset(again | ({"cancel"} if open_still else set()))
    if asked.state not in DECIDES or not who.may(DECIDES[asked.state]) or not told.whole:
        return frozenset()
    if asked.state is not ChangeState.LOCAL and not who.sees_all:
        return frozenset()
    if asked.state is ChangeState.NATIONAL and asked.local_by == who.id:
        return frozenset()
    onward = "apply" if asked.state is ChangeState.APPROVED else "validate"
    return frozenset({onward, "return", "reject"})


_WRITTEN = {ChangeState.DRAFT: ("write", "ask"), ChangeState.RETURNED: ("write", "ask")}


def _steps(told: Told) -> list[dict[str, str]]:
    """The way of a request, as far as it has come."""
    asked, route = told.request, told.route
    if route is None:
        return []
    users = _users(asked)
    way = [
        (_("Asked for"), asked.asked_at, asked.maker, True),
        (_("Validated near by"), asked.local_at, asked.local_by, route.needs_local),
        (
            _("Validated for the country"),
            asked.national_at,
            asked.national_by,
            route.needs_national,
        ),
        (_("Applied"), asked.applied_at, asked.applied_by, True),
    ]
    steps, now = [], False
    for name, at, by, needed in way:
        if not needed:
            continue
        state = "done" if at else "later" if now else "now"
        now = now or not at
        steps.append({"name": name, "note": users.get(by or 0, "") if at else "", "state": state})
    return steps


def _map_of(told: Told) -> dict[str, Any] | None:
    """From where to where somebody moves, A and B, for who may see them exactly."""
    moves = [line for line in told.lines if line.edit is Edit.MOVE_TO]
    if not moves or not actor().may(Geo.EXACT_LOCATIONS):
        return None
    places = {"A": point_said(moves[0].before or ""), "B": point_said(moves[0].after or "")}
    pins = [
        {"lon": place[1], "lat": place[0], "accuracy": place[2], "label": label}
        for label, place in places.items()
        if place is not None
    ]
    if not pins:
        return None
    lats, lons = ([float(pin[name] or 0) for pin in pins] for name in ("lat", "lon"))
    box = [min(lons) - AROUND, min(lats) - AROUND, max(lons) + AROUND, max(lats) + AROUND]
    return map_settings(db(), actor(), households=None, in_address=False, bounds=box, pins=pins)


def _users(asked: ChangeRequest) -> dict[int, str]:
    """The names of who had to do with a request."""
    ids = {asked.maker, asked.local_by, asked.national_by, asked.applied_by} - {None}
    named = select(User.id, User.name).where(User.id.in_(ids))
    return {row[0]: row[1] for row in db().execute(named)}


def _shown(line: ChangeLine, told: Told, words: Labels) -> Shown:
    """One line in words."""
    of, beside = _called(line, told, "registrant"), _called(line, told, "other")
    if line.edit in (Edit.NEW_REGISTRANT, Edit.NEW_GROUP):
        made = _("New person") if line.edit is Edit.NEW_REGISTRANT else _new_group(line, words)
        return Shown(line.after or "", "", made, None, _("registered"))
    if line.edit in OF_MEMBERS:
        relations = words.get("relation", {})
        before, after = (_word(relations, each) for each in (line.before, line.after))
        what = of[1] or of[0]
        return Shown(beside[0], beside[1], _("In {group}", group=what), before, after, what)
    listed = {**words.get(LISTS.get(line.field, ""), {}), **_states(line)}
    said = said_to(db(), line, actor=actor())
    before, after = said if line.field.startswith(OWN) else (_word(listed, each) for each in said)
    name = _label(line, told, words)
    if beside[1] and line.edit is Edit.SET_STATE:
        after = _("merged into {number}", number=beside[1])
    return Shown(of[0], of[1], name, before, after)


def _label(line: ChangeLine, told: Told, words: Labels) -> str:
    known = own_field(db(), line.field, told.people.get(line.registrant_id or 0))
    if known is not None:
        return known.label
    return field_words().get(line.field) or words.get("id_type", {}).get(line.field, line.field)


def _new_group(line: ChangeLine, words: Labels) -> str:
    kind = words.get("group_kind", {}).get(line.field, line.field)
    return _("New: {kind}", kind=kind)


def _states(line: ChangeLine) -> Mapping[str, str]:
    yes_no = {"yes": _("yes"), "no": _("no")}
    return fixed_words()["state"] if line.edit is Edit.SET_STATE else yes_no


def _word(listed: Mapping[str, str], code: str | None) -> str | None:
    return None if code is None else listed.get(code, code)


def _called(line: ChangeLine, told: Told, which: str) -> tuple[str, str]:
    """The name and number of whom a line names, who may be made by an earlier one."""
    key, place = getattr(line, f"{which}_id"), getattr(line, f"{which}_line")
    if place is not None and key is None:
        maker = next((each for each in told.lines if each.place == place), None)
        return (maker.after or "" if maker else "", _("the new one"))
    found: Registrant | None = told.people.get(key)
    return (found.name, found.number) if found else (_("somebody elsewhere"), "")
