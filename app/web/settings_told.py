"""What the page of settings tells of the country: each value as it is, who decided it and when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.deciding.colours import paler
from app.deciding.languages import language_called
from app.deciding.levels import levels
from app.place_words import months_said
from app.telling.names import field_said
from core.audit import AuditEntry
from core.country import Country, country
from core.decided import Decided
from core.money import currency_called, digits_of
from core.words import ISOLATE, POP, Said, _, counted, current, figure_said
from registry.counting.people import People

MOST = 500  # entries that are looked through for who decided what


@dataclass(frozen=True)
class Line:
    """One value: what it is called, what it is, and the entry of who decided it last."""

    label: str
    value: str
    by: AuditEntry | None = None
    href: str | None = None
    colour: str | None = None
    picture: str | None = None
    code: str | None = None

    @property
    def ours(self) -> bool:
        """Whether the value is a sentence of ours; somebody's own words nobody translates."""
        return isinstance(self.value, Said)


@dataclass(frozen=True)
class Shown:
    """One section of the page; without an address nobody changes it here."""

    name: str
    title: str
    words: str
    symbol: str
    lines: Sequence[Line]
    href: str | None = None


def section_words() -> dict[str, tuple[str, str, str]]:
    """Each section's title, what it is about, and its icon, in the order of the page."""
    return {
        "profile": (
            _("The country"),
            _("Its name, its time, its telephone numbers, and where maps begin."),
            "globe",
        ),
        "languages": (
            _("Languages"),
            _("What people may read in, and in which languages names are written."),
            "languages",
        ),
        "currencies": (
            _("Currencies"),
            _("What programs and accounts may be in, each to its minor unit."),
            "coins",
        ),
        "levels": (_("Levels of areas"), _("What they are called, in each language."), "map"),
        "look": (_("Look"), _("The platform's name, its logo and its colour."), "image"),
        "figures": (
            _("Figures and privacy"),
            _("Ages, the fewest that are told of, and what is asked before."),
            "shield",
        ),
        "places": (
            _("Quality of places"),
            _("Which places are doubted, and when a point is too old."),
            "map-pin",
        ),
        "duplicates": (
            _("Duplicates"),
            _("From when on two records are looked at as of one household or person."),
            "users",
        ),
        "records": (
            _("Records and papers"),
            _("How large a household and a document may be, and how long a purpose holds."),
            "file-text",
        ),
    }


def sections(session: Session) -> list[Shown]:
    """The sections of what is decided here, in their order."""
    who = _deciders(session)
    lines = {
        "profile": _profile(country()),
        "languages": _languages(country()),
        "currencies": _currencies(country()),
        "levels": _levels(session),
        "look": _look(country()),
        "figures": _figures(country()),
        "places": _places(country()),
        "duplicates": _duplicates(country()),
        "records": _records(country()),
    }
    return [
        Shown(
            name,
            *words,
            [_said(each, value, who) for each, value in lines[name].items()],
            url_for("settings.show", section=name),
        )
        for name, words in section_words().items()
    ]


def found_in(told: Sequence[Shown], sought: str) -> list[Shown]:
    """The sections in which something is sought, each with the lines it stands in."""
    if not sought:
        return list(told)
    asked = sought.casefold()
    found = []
    for section in told:
        if asked in f"{section.title} {section.words}".casefold():
            found.append(section)
        elif lines := [line for line in section.lines if asked in _text_of(line)]:
            found.append(replace(section, lines=lines))
    return found


def purpose_words() -> dict[str, str]:
    """Before what a purpose may be asked for, by the words of `app.auth.purposes`."""
    return {"registrants": _("records of people"), "exports": _("files that name people")}


def _text_of(line: Line) -> str:
    return f"{line.label} {line.value} {line.code or ''}".casefold()


def _deciders(session: Session) -> Mapping[str, AuditEntry]:
    """The last entry that decided each value, by its name."""
    asked = select(AuditEntry).where(AuditEntry.subject == Decided.__tablename__)
    who: dict[str, AuditEntry] = {}
    for entry in session.scalars(asked.order_by(AuditEntry.id.desc()).limit(MOST)):
        for name in entry.figures:
            who.setdefault(name, entry)
    return who


def _said(name: str, value: str | Line, who: Mapping[str, AuditEntry]) -> Line:
    by = who.get("levels" if name.isdigit() else name)
    if isinstance(value, Line):
        return replace(value, by=by)
    return Line(field_said(Decided.__tablename__, name), value, by)


def _profile(at: Country) -> dict[str, str | Line]:
    territories = current().locale.territories
    return {
        "name": at.name or _("not said yet"),
        "code": _with_code(territories.get(at.code or ""), at.code),
        "timezone": at.timezone,
        "phone_region": _with_code(territories.get(at.phone_region or ""), at.phone_region),
        "home": at.home or _("all areas there are"),
    }


def _with_code(name: str | None, code: str | None) -> str:
    if code is None:
        return _("not said yet")
    return f"{name} ({code})" if name else code


def _languages(at: Country) -> dict[str, str | Line]:
    return {
        "language": language_called(at.language),
        "languages": _one_way(f"{ISOLATE}{language_called(tag)}{POP}" for tag in at.languages),
    }


def _currencies(at: Country) -> dict[str, str | Line]:
    offered = [
        counted(
            "{name} ({code}), {count} decimal",
            "{name} ({code}), {count} decimals",
            digits_of(code),
            name=currency_called(code),
            code=code,
        )
        for code in at.currencies
    ]
    own = _with_code(currency_called(at.currency) if at.currency else None, at.currency)
    return {"currency": own, "currencies": ", ".join(offered) or _("all of ISO 4217")}


def _levels(session: Session) -> dict[str, str | Line]:
    return {
        str(row.level): Line(
            _("Level {level}", level=row.level),
            ", ".join([row.name, *(f"{said} ({tag})" for tag, said in sorted(row.labels.items()))]),
        )
        for row in levels(session)
    }


def _one_way(words: Iterable[str]) -> str:
    """Words of several scripts after one another as the reader reads, whichever is the first."""
    mark = "\u200f" if current().direction == "rtl" else "\u200e"
    return mark + ", ".join(words)


def _look(at: Country) -> dict[str, str | Line]:
    own = _("the platform's own")
    dark = at.accent_dark or (paler(at.accent) if at.accent else None)
    field = Decided.__tablename__
    picture = url_for("brand.logo", sha256=at.logo) if at.logo else None
    return {
        "platform": at.platform or "Highground",
        "logo": Line(field_said(field, "logo"), "" if picture else own, picture=picture),
        "accent": Line(field_said(field, "accent"), at.accent or own, colour=at.accent),
        "accent_dark": Line(field_said(field, "accent_dark"), dark or own, colour=dark),
    }


def _figures(at: Country) -> dict[str, str | Line]:
    bands = ", ".join(band for band, _women, _men in People().by_band())
    asked = [purpose_words()[word] for word in at.ask_purpose]
    return {
        "young_below": counted("{count} year", "{count} years", at.young_below),
        "old_from": _("{years} years; the bands are {bands}", years=at.old_from, bands=bands),
        "fewest": _("{n}; what is fewer is hidden", n=figure_said(at.fewest)),
        "rounding": _("the nearest {n}", n=figure_said(at.rounding)),
        "ask_purpose": ", ".join(asked) or _("nothing"),
    }


def _records(at: Country) -> dict[str, str | Line]:
    return {
        "largest_household": figure_said(at.largest_household),
        "document_mb": _("{n} MB", n=figure_said(at.document_mb)),
        "purpose_hours": counted("{count} hour", "{count} hours", at.purpose_hours),
        "undo_days": counted("{count} day", "{count} days", at.undo_days),
        "land_percent": _("{n} % of it", n=figure_said(at.land_percent)),
    }


def _duplicates(at: Country) -> dict[str, str | Line]:
    return {
        "alike_percent": _("{n} %", n=figure_said(at.alike_percent)),
        "roof_m": _("{m} m", m=figure_said(at.roof_m)),
    }


def _places(at: Country) -> dict[str, str | Line]:
    return {
        "crowd": figure_said(at.crowd),
        "near_m": _("{m} m", m=figure_said(at.near_m)),
        "vague_m": _("{m} m", m=figure_said(at.vague_m)),
        "fresh_months": months_said(at.fresh_months),
        "old_months": months_said(at.old_months),
        "coarse_m": _("{m} m", m=figure_said(at.coarse_m)),
    }
