"""What a filled-in form says, as the household that is registered or the visit that was made."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from core.clock import today
from core.errors import Invalid
from registry.models.fields import FieldType
from registry.parsing.abilities import ANSWERS
from registry.parsing.form_readings import KIND, NOTE, NUMBER, ON, OWN, UNTIL, Answers
from registry.queries.fields import Own
from registry.services.membership_rules import HEAD
from registry.services.people import MEMBER, Household, Person
from registry.services.places import Place
from registry.services.visits import Found

AT, YEAR, OLDEST = 3, 4, 130
PLAIN = ("name", "relation", "sex", "birth_date", "age")
WHOLE = frozenset({"stated_size", *ANSWERS})
Said = Mapping[str, str]


class AnswerUnreadable(Invalid):
    """ "{value}" is no answer to "{field}"; correct it on the device, or how the form is read."""


class NumberMissing(Invalid):
    """The form does not say whom was visited; write down their number on the device."""


def household_of(said: Answers, own: Own) -> Household:
    """The household of a registration; who is named outside the repeat of people is its head.

    Raises:
        AnswerUnreadable
    """
    group = _of(said.once, "group.")
    first = _of(said.once, "person.")
    people = [_person(_of(each, "person."), own, MEMBER) for each in said.people]
    heads = [_person(first, own, HEAD)] if first else []
    place, size = group.pop("place", ""), group.pop("stated_size", "")
    pcode, code = group.pop("pcode", None), group.pop("code", None)
    return Household(
        people=[*heads, *people],
        place=_place(place, pcode),
        stated_size=_whole("stated_size", size) if size else None,
        more=_typed(group, own.groups),
        code=code,
    )


def visit_of(said: Answers, own: Own, instance_id: str) -> tuple[str, Found]:
    """The number of whom was visited, and what was found.

    Raises:
        AnswerUnreadable, NumberMissing
    """
    once = said.once
    number = once.get(NUMBER, "").strip()
    if not number:
        raise NumberMissing
    answers = {
        **_typed(_of(once, "group."), own.groups),
        **_typed(_of(once, "person."), own.individuals),
    }
    found = Found(
        kind=once.get(KIND, "survey"),
        on=_day(ON, once[ON]) if ON in once else today(),
        until=_day(UNTIL, once[UNTIL]) if UNTIL in once else None,
        note=once.get(NOTE, ""),
        answers={n: _whole(n, v) if n in WHOLE else v for n, v in answers.items()},
        instance_id=instance_id,
    )
    return number, found


def _person(said: dict[str, str], own: Own, relation: str) -> Person:
    born, exact = _born(said)
    more = {name: value for name, value in said.items() if name not in PLAIN}
    typed = _typed(more, own.individuals)
    return Person(
        name=said.get("name", ""),
        relation=said.get("relation", relation),
        sex=said.get("sex"),
        birth_date=born,
        exact=exact,
        more={n: _whole(n, v) if n in ANSWERS else v for n, v in typed.items()},
    )


def _born(said: Said) -> tuple[date | None, bool]:
    """A birth date and whether it is exact; a year, or an age, stands for 1 July of the year."""
    born, age = said.get("birth_date", ""), said.get("age", "")
    if len(born) == YEAR and born.isdecimal():
        return _day("birth_date", f"{born}-07-01"), False
    if born:
        return _day("birth_date", born), True
    if not age:
        return None, True
    years = _whole("age", age)
    if not 0 <= years <= OLDEST:
        raise AnswerUnreadable(value=age[:60], field="age")
    return date(today().year - years, 7, 1), False


def _of(said: Said, whose: str) -> dict[str, str]:
    return {n.removeprefix(whose): value for n, value in said.items() if n.startswith(whose)}


def _typed(said: Said, own: Mapping[str, Any]) -> dict[str, Any]:
    """Answers by field; several words stand apart by blanks there, and by commas here."""
    told: dict[str, Any] = {}
    for name, value in said.items():
        known = own.get(name.removeprefix(OWN)) if name.startswith(OWN) else None
        several = known is not None and known.type is FieldType.WORDS
        told[name.removeprefix(OWN)] = ",".join(value.split()) if several else value
    return told


def _place(said: str, pcode: str | None) -> Place:
    """A geopoint: latitude, longitude, altitude, accuracy in metres, divided by blanks."""
    try:
        numbers = [float(part) for part in said.split()]
    except ValueError as broken:
        raise AnswerUnreadable(value=said[:60], field="place") from broken
    if len(numbers) < 2:
        return Place(pcode=pcode)
    accuracy = numbers[AT] if len(numbers) > AT and numbers[AT] > 0 else None
    lat, lon = numbers[:2]
    return Place(lon=lon, lat=lat, accuracy_m=accuracy, taken_at=datetime.now(UTC), pcode=pcode)


def _day(field: str, said: str) -> date:
    """A day; of a moment, as some forms keep it, its day."""
    try:
        return date.fromisoformat(said.strip()[:10])
    except ValueError as broken:
        raise AnswerUnreadable(value=said[:60], field=field) from broken


def _whole(field: str, said: Any) -> int:
    try:
        return int(said)
    except ValueError as broken:
        raise AnswerUnreadable(value=str(said)[:60], field=field) from broken
