"""Two records side by side, line by line, and why they may be of one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.telling.names import field_said
from core.clock import day_said
from core.words import _, figure_said
from geo.models.areas import Area
from registry.queries.registrants import Registered
from registry.services.merging import OF_A_GROUP, OF_A_PERSON, OF_ANYBODY, PLACE

Labels = Mapping[str, Mapping[str, str]]
WORDS = {"sex": "sex", "civil_status": "civil_status", "education": "education"}
"""Which vocabulary the codes of a field are from."""


@dataclass(frozen=True)
class Line:
    """What both records say of one field; `field` is empty where nothing is chosen between them."""

    label: str
    left: str
    right: str
    field: str = ""

    @property
    def differs(self) -> bool:
        """Whether there is something to choose."""
        return self.left.casefold() != self.right.casefold()


def lines_of(left: Registered, right: Registered, words: Labels, exact: bool) -> list[Line]:
    """The lines of two records, without those that say nothing of either; points if `exact`."""
    here, there = (_place(each, exact) for each in (left, right))
    told = (
        *_chosen(left, right, words),
        Line(_("Place"), here, there, PLACE),
        *_beside(left, right, words),
    )
    return [line for line in told if line.left or line.right]


def _chosen(left: Registered, right: Registered, words: Labels) -> Iterator[Line]:
    """What only one of the two can be right about."""
    for table, names in (
        ("registrants", OF_ANYBODY),
        ("individuals", OF_A_PERSON),
        ("groups", OF_A_GROUP),
    ):
        for name in names:
            here, there = (_said(_part(each, table), name, words) for each in (left, right))
            yield Line(field_said(table, name), here, there, name)


def _part(found: Registered, table: str) -> Any:
    parts = {"registrants": found.registrant, "individuals": found.individual}
    return parts.get(table, found.group)


def _said(part: Any, name: str, words: Labels) -> str:
    value = getattr(part, name, None)
    if value is None or value == "":
        return ""
    if name == "birth_date":
        day = day_said(value)
        return day if part.birth_date_exact else _("about {year}", year=value.year)
    if name in WORDS:
        return words.get(WORDS[name], {}).get(value, value)
    return figure_said(value) if isinstance(value, int) else str(value)


def _place(found: Registered, exact: bool) -> str:
    """The area, and the point for who may see it, with how exactly it is known."""
    place = found.place
    told = [_trail(found.areas)]
    if exact and place is not None and place.lon is not None:
        told.append(f"{place.lat:.5f}, {place.lon:.5f}")
        if place.accuracy_m is not None:
            metres = figure_said(round(place.accuracy_m, 1))
            told.append(_("accurate to {metres} m", metres=metres))
    return "; ".join(filter(None, told))


def _trail(areas: Sequence[Area]) -> str:
    return ", ".join(area.name for area in reversed(areas[1:])) or (areas[-1].name if areas else "")


def _beside(left: Registered, right: Registered, words: Labels) -> Iterator[Line]:
    """What of both is kept."""
    for label, told in (
        (_("Identifiers"), _identifiers),
        (_("Reach them"), lambda found, _words: ", ".join(c.value for c in found.contacts)),
        (_("Members"), lambda found, _words: ", ".join(m.name for m in found.members)),
        (_("Belongs to"), _belongs_to),
    ):
        yield Line(label, told(left, words), told(right, words))


def _identifiers(found: Registered, words: Labels) -> str:
    names = words.get("id_type", {})
    return ", ".join(
        f"{names.get(each.type, each.type)} {each.value}" for each in found.identifiers
    )


def _belongs_to(found: Registered, words: Labels) -> str:
    names = words.get("relation", {})
    current = (each for each in found.belongs_to if each.ended_on is None)
    return ", ".join(f"{each.name} ({names.get(each.relation, each.relation)})" for each in current)


def reasons() -> dict[str, tuple[str, str]]:
    """What speaks for two records being of one, and what against: words, and the kind of tag."""
    return {
        "same_identifier": (_("same identifier"), "ok"),
        "same_contact": (_("same phone or address"), "ok"),
        "same_account": (_("same account"), "ok"),
        "same_name": (_("same name"), "ok"),
        "alike_name": (_("name alike"), "ok"),
        "other_name": (_("other name"), "warn"),
        "same_birth": (_("same birth date"), "ok"),
        "turned_birth": (_("day and month changed about"), "ok"),
        "near_birth": (_("birth date nearly the same"), "ok"),
        "same_year": (_("same year of birth"), "ok"),
        "near_year": (_("born a year apart"), ""),
        "other_birth": (_("other birth date"), "warn"),
        "other_sex": (_("other sex"), "warn"),
        "same_roof": (_("under one roof"), "ok"),
        "near_by": (_("near by"), "ok"),
        "same_area": (_("same area"), ""),
        "other_area": (_("other area"), ""),
        "other_identifier": (_("other identifier"), "warn"),
        "model": (_("by the learnt model"), ""),
    }


def rules() -> dict[str, str]:
    """What records were set side by side by."""
    return {
        "identifier": _("the same identifier"),
        "contact": _("the same phone or address"),
        "account": _("the same account"),
        "born": _("one word of the name and the birth date"),
        "named": _("the whole name and the year of birth"),
        "living": _("the whole name and the area"),
        "roof": _("households within {metres} m", metres=15),
    }
