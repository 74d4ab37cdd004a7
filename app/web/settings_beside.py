"""What stands beside what is decided on the page of settings: lists and rules that have pages of
their own, and what whoever runs the machine has set."""

from collections.abc import Mapping
from dataclasses import fields

from flask import url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.web.settings_told import Line, Shown
from core.audit import AuditEntry
from core.settings import Settings, settings
from core.words import _, counted, figure_said
from geo.models.areas import Area
from geo.queries.areas import in_force
from programs.models.organisations import Organisation
from registry.models.changes import ChangeRoute
from registry.models.fields import FieldState, OwnField
from registry.models.identifier_types import IdentifierType
from registry.models.retention import RetentionRule, RuleState
from registry.models.scores import ModelState, ScoreModel
from registry.models.terms import TermsWithheld
from registry.models.vocabularies import Word

HIDDEN = frozenset(
    {"secret_key", "audit_key", "redis_url", "encryption_keys"}
    | {"database_url", "database_works_url", "database_owner_url"}
)
"""Settings of the machine that hold a secret, or may: only whether they are set is told."""


def beside(session: Session) -> list[Shown]:
    """Lists and rules, and the settings of the machine."""
    return [_lists(session), _machine()]


def _lists(session: Session) -> Shown:
    who = _last(session)
    lines = [
        Line(label, said, who.get(subject), href)
        for label, said, subject, href in (*_of_words(session), *_of_rules(session))
    ]
    return Shown(
        "lists",
        _("Lists and rules"),
        _("What has pages of its own: open one to change it."),
        "list",
        lines,
    )


Told = tuple[str, str, str, str]


def _of_words(session: Session) -> list[Told]:
    words = _number(session, select(func.count()).where(Word.active))
    lists = _number(session, select(func.count(Word.list.distinct())))
    fields_asked = _number(session, select(func.count()).where(OwnField.state == FieldState.ACTIVE))
    kinds = _number(session, select(func.count(IdentifierType.id)))
    areas = _number(session, select(func.count()).where(in_force(), Area.is_leaf))
    runners = _number(session, select(func.count(Organisation.id)))
    return [
        (
            _("Word lists"),
            counted("{count} word", "{count} words", words) + ", " + _lists_said(lists),
            Word.__tablename__,
            url_for("vocabularies.index"),
        ),
        (
            _("Fields"),
            counted("{count} field is asked", "{count} fields are asked", fields_asked),
            OwnField.__tablename__,
            url_for("fields.index"),
        ),
        (
            _("Identifiers"),
            counted("{count} kind has a rule", "{count} kinds have a rule", kinds),
            IdentifierType.__tablename__,
            url_for("identifier_types.index"),
        ),
        (
            _("Areas"),
            counted("{count} area", "{count} areas", areas),
            Area.__tablename__,
            url_for("areas.index"),
        ),
        (
            _("Organisations"),
            counted("{count} organisation", "{count} organisations", runners),
            Organisation.__tablename__,
            url_for("organisations.index"),
        ),
    ]


def _of_rules(session: Session) -> list[Told]:
    routes = select(func.count()).where(ChangeRoute.needs_national)
    kept = select(func.count()).where(RetentionRule.state == RuleState.ACTIVE)
    scored = select(func.count()).where(ScoreModel.state == ModelState.ACTIVE)
    withheld = select(func.count()).where(func.cardinality(TermsWithheld.names) > 0)
    return [
        (
            _("Who validates what"),
            counted(
                "{count} kind of change is validated for the country",
                "{count} kinds of change are validated for the country",
                _number(session, routes),
            ),
            ChangeRoute.__tablename__,
            url_for("changes.routes"),
        ),
        (
            _("How long records are kept"),
            counted("{count} rule is kept to", "{count} rules are kept to", _number(session, kept)),
            RetentionRule.__tablename__,
            url_for("retention.index"),
        ),
        (
            _("Scores"),
            counted("{count} is in force", "{count} are in force", _number(session, scored)),
            ScoreModel.__tablename__,
            url_for("scores.index"),
        ),
        (
            _("Terms of filters"),
            counted(
                "withheld from {count} role",
                "withheld from {count} roles",
                _number(session, withheld),
            ),
            TermsWithheld.__tablename__,
            url_for("terms.index"),
        ),
    ]


def _lists_said(lists: int) -> str:
    return counted("{count} list", "{count} lists", lists)


def _number(session: Session, asked: Select[int]) -> int:
    return session.scalar(asked) or 0


def _last(session: Session) -> Mapping[str, AuditEntry]:
    """The last act on each list or rule, by its table."""
    tables = [
        table.__tablename__
        for table in (Word, OwnField, IdentifierType, Area, Organisation, ChangeRoute)
    ]
    tables += [RetentionRule.__tablename__, ScoreModel.__tablename__, TermsWithheld.__tablename__]
    last = select(func.max(AuditEntry.id)).where(AuditEntry.subject.in_(tables))
    asked = select(AuditEntry).where(AuditEntry.id.in_(last.group_by(AuditEntry.subject)))
    return {entry.subject: entry for entry in session.scalars(asked)}


def _machine() -> Shown:
    """Addresses, secrets and what protects the machine: changed where it runs, with a restart."""
    given = settings()
    lines = [
        Line(
            _(each.metadata["meaning"]).rstrip("."),
            _set_to(each.name, getattr(given, each.name)),
            code=each.name.upper(),
        )
        for each in fields(Settings)
    ]
    return Shown(
        "machine",
        _("Of the machine"),
        _("Set where the platform runs, as environment variables; nobody changes them here."),
        "server",
        lines,
    )


def _set_to(name: str, value: str) -> str:
    if name in HIDDEN:
        return _("set, and not shown") if value else _("not set")
    return (figure_said(int(value)) if value.isdigit() else value) or _("not set")
