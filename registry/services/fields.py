"""Adding, changing and retiring fields of an installation's own, without a deploy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

from psycopg.errors import LockNotAvailable
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core import audit, cql
from core.actor import Actor
from core.clock import today
from core.cql import Plan, reckoned
from core.cql.terms import must_be
from core.errors import Conflict, Invalid
from core.words import SOURCE
from registry.checking.fields import FIELDS
from registry.models.fields import FieldSection, FieldState, FieldType, OwnField, Scope
from registry.models.registrants import Group, Individual, Registrant
from registry.permissions import May
from registry.queries.field_rules import rule_terms
from registry.queries.field_uses import uses_of, uses_said
from registry.queries.fields import FieldMissing, Known, Own, own_fields
from registry.queries.queryables import KINDS, RECKONER, household_terms, member_terms
from registry.queries.reckoning import permissions_used, terms_of
from registry.queries.vocabularies import codes
from registry.services.people import OF_A_GROUP, OF_A_PERSON

CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")
MOST = 400  # fields of a scope that are filled in, retired ones among them: columns of one table
LONGEST = 200  # characters of a label, a hint, a pattern
SPOKEN = frozenset(
    {
        *("and", "or", "not", "like", "in", "between", "is", "null", "true", "false", "div"),
        *("casei", "accenti", "date", "timestamp", "interval", "bbox", "geometry"),
        *("number", "place", "people", "relation", "row_number"),
    }
)
NUMBERS = frozenset({FieldType.WHOLE, FieldType.NUMBER})
LISTED = frozenset({FieldType.WORD, FieldType.WORDS})


class FieldCodeImpossible(Invalid):
    """ "{code}" cannot be a field's code; write small letters, digits and _, a letter first."""


class FieldCodeTaken(Conflict):
    """ "{code}" means something already; give the field another code."""


class FieldNameless(Invalid):
    """A field needs a name of at most 200 letters; write what people are asked."""


class WordListUnknown(Invalid):
    """There is no word list "{list}"; choose one of those there are."""


class BoundsImpossible(Invalid):
    """The least number is above the largest, or the field holds no numbers; correct the bounds."""


class FieldNeeded(Conflict):
    """This field is used by {using}; change or retire that first."""


class TypeStays(Conflict):
    """A field keeps what it holds and its word list, because values stand in it; retire it and add
    another."""


class RuleOfReckoned(Invalid):
    """What is reckoned is not filled in, so that it has no rules; empty them."""


class FilledOrReckoned(Conflict):
    """A field that is filled in cannot be reckoned, nor the other way; add another."""


class PatternUnreadable(Invalid):
    """The pattern cannot be read, or the field holds no text; correct or empty it."""


class FieldsFull(Conflict):
    """There are {most} fields to fill in already, retired ones among them, and no more fit; use a
    retired one again, or reckon this one of others."""


class RegistryBusy(Conflict):
    """People are being written at this moment; try again in a minute."""


@dataclass(frozen=True)
class Wanted:
    """What a field is to be: `labels` and `hints` by language tag."""

    scope: Scope
    code: str
    type: FieldType
    labels: Mapping[str, str]
    section: Mapping[str, str] = field(default_factory=lambda: {SOURCE: "More"})
    hints: Mapping[str, str] = field(default_factory=dict)
    word_list: str | None = None
    required: bool = False
    least: Decimal | None = None
    most: Decimal | None = None
    pattern: str | None = None
    needs: str | None = May.READ_REGISTRANTS
    computed: str | None = None
    needed_if: str | None = None
    holds: str | None = None
    refusals: Mapping[str, str] = field(default_factory=dict)


def add_field(session: Session, wanted: Wanted, *, actor: Actor) -> OwnField:
    """Add a field: from now on it is asked on forms, and filters, files and programs may use it.

    Raises:
        Forbidden, FieldCodeImpossible, FieldCodeTaken, FieldNameless, WordListUnknown,
        BoundsImpossible, PatternUnreadable, FieldsFull, RegistryBusy
    """
    actor.require(May.WRITE_FIELDS)
    _refuse_code(session, wanted)
    _refuse_wrong(session, wanted)
    own = own_fields(session)
    wanted = _judged(session, wanted, own)
    _refuse_rules(wanted, own)
    made = OwnField(
        scope=wanted.scope,
        code=wanted.code,
        section_id=_section(session, wanted).id,
        type=wanted.type,
        state=FieldState.ACTIVE,
        word_list=_list_of(wanted),
        position=_fields_of(session, wanted.scope),
    )
    _say(made, wanted)
    with audit.act(session, actor, "fields.add", made) as figures:
        session.add(made)
        session.flush()
        if not made.computed:
            _add_column(session, made)
        figures.update(code=made.code, scope=made.scope, type=made.type)
    return made


def change_field(session: Session, wanted: Wanted, *, actor: Actor) -> OwnField:
    """Change what a field is called, where it stands and what it takes; its code, type and list
    stay. What was written before is not judged anew.

    Raises:
        As `add_field` does, and FieldMissing.
    """
    actor.require(May.WRITE_FIELDS)
    made = _field(session, wanted.scope, wanted.code)
    if made.type != wanted.type or made.word_list != _list_of(wanted):
        raise TypeStays
    _refuse_wrong(session, wanted)
    if bool(made.computed) != bool(wanted.computed):
        raise FilledOrReckoned
    own = own_fields(session)
    wanted = _judged(session, wanted, own.before(made.id))
    _refuse_rules(wanted, own)
    with audit.act(session, actor, "fields.change", made) as figures:
        made.section_id = _section(session, wanted).id
        _say(made, wanted)
        made.changed_at = datetime.now(UTC)
        figures.update(code=made.code, scope=made.scope)
    return made


def turn_field(
    session: Session, scope: Scope, code: str, state: FieldState, *, actor: Actor
) -> OwnField:
    """Retire a field, whose values stay, or take it into use again.

    Raises:
        Forbidden, FieldMissing
    """
    actor.require(May.WRITE_FIELDS)
    made = _field(session, scope, code)
    if state is FieldState.RETIRED and (using := uses_of(session, scope, code)):
        raise FieldNeeded(using=uses_said(using))
    with audit.act(session, actor, "fields.turn", made) as figures:
        made.state = state
        made.changed_at = datetime.now(UTC)
        figures.update(code=made.code, scope=made.scope, state=made.state)
    return made


def _field(session: Session, scope: Scope, code: str) -> OwnField:
    asked = select(OwnField).where(OwnField.scope == scope, OwnField.code == code)
    made = session.scalars(asked.with_for_update()).first()
    if made is None:
        raise FieldMissing(code=code)
    return made


def _refuse_code(session: Session, wanted: Wanted) -> None:
    if not CODE.fullmatch(wanted.code):
        raise FieldCodeImpossible(code=wanted.code[:60])
    if wanted.code in _taken(wanted.scope) or _is_there(session, wanted):
        raise FieldCodeTaken(code=wanted.code)
    if wanted.computed is None and filled_in(session, wanted.scope) >= MOST:
        raise FieldsFull(most=MOST)


def _taken(scope: Scope) -> frozenset[str]:
    """Words that mean something of their own in a filter, a file, a form or an answer."""
    terms = household_terms(today()) if scope is Scope.GROUP else member_terms(today())
    said = OF_A_GROUP if scope is Scope.GROUP else OF_A_PERSON
    table = Group if scope is Scope.GROUP else Individual
    columns = {*Registrant.__table__.c.keys(), *table.__table__.c.keys()}
    of_files = {each.name for listed in FIELDS.values() for each in listed}
    return SPOKEN.union(terms, said, columns, of_files)


def _is_there(session: Session, wanted: Wanted) -> bool:
    asked = select(OwnField.id).where(OwnField.scope == wanted.scope, OwnField.code == wanted.code)
    return session.scalars(asked).first() is not None


def filled_in(session: Session, scope: Scope) -> int:
    """How many fields of a scope are filled in, retired ones among them."""
    asked = select(func.count()).select_from(OwnField)
    return session.scalars(asked.where(OwnField.scope == scope, OwnField.computed.is_(None))).one()


def _list_of(wanted: Wanted) -> str | None:
    return wanted.word_list if wanted.type in LISTED else None


def _fields_of(session: Session, scope: Scope) -> int:
    asked = select(func.count()).select_from(OwnField).where(OwnField.scope == scope)
    return session.scalars(asked).one()


def _refuse_wrong(session: Session, wanted: Wanted) -> None:
    said = [*wanted.labels.values(), *wanted.hints.values(), *wanted.section.values()]
    said += wanted.refusals.values()
    if not wanted.labels.get(SOURCE, "").strip() or any(len(each) > LONGEST for each in said):
        raise FieldNameless
    if wanted.type in LISTED and wanted.word_list not in codes(session):
        raise WordListUnknown(list=wanted.word_list or "")
    bounds = [each for each in (wanted.least, wanted.most) if each is not None]
    if bounds != sorted(bounds) or (bounds and wanted.type not in NUMBERS):
        raise BoundsImpossible
    if wanted.pattern is not None and not _reads(wanted):
        raise PatternUnreadable


def _reads(wanted: Wanted) -> bool:
    try:
        re.compile(wanted.pattern or "")
    except re.error:
        return False
    return wanted.type is FieldType.TEXT and len(wanted.pattern or "") <= LONGEST


def _judged(session: Session, wanted: Wanted, own: Own) -> Wanted:
    """What is reckoned comes to what the field holds, of fields made before it; and who may ask for
    it may ask for all it is reckoned of.

    Raises:
        WrongKind, and what `core.cql.reckoned` refuses.
    """
    if wanted.computed is None:
        return wanted
    terms = terms_of(wanted.scope, today(), own)
    piece, names = reckoned(wanted.computed, terms, actor=RECKONER, plan=Plan())
    must_be(KINDS[wanted.type], piece)
    needed = permissions_used(names, wanted.scope, today(), own)
    return replace(wanted, needs=May.READ_REGISTRANTS) if needed else wanted


def _refuse_rules(wanted: Wanted, own: Own) -> None:
    """Rules speak of what is filled in, of the same scope, and come to yes or no.

    Raises:
        RuleOfReckoned, and what `core.cql.asked` refuses.
    """
    rules = [rule for rule in (wanted.needed_if, wanted.holds) if rule]
    if rules and wanted.computed is not None:
        raise RuleOfReckoned
    itself = Known(wanted.code, wanted.scope, wanted.type, wanted.code, "")
    fields = {wanted.code: itself, **own.of(wanted.scope)}
    for rule in rules:
        cql.condition(rule, rule_terms(wanted.scope, fields), actor=RECKONER)


def _section(session: Session, wanted: Wanted) -> FieldSection:
    """The section of a name, made where there is none yet."""
    code = "_".join(wanted.section[SOURCE].casefold().split())
    asked = select(FieldSection).where(
        FieldSection.scope == wanted.scope, FieldSection.code == code
    )
    section = session.scalars(asked).first()
    if section is None:
        last = select(func.count()).select_from(FieldSection)
        section = FieldSection(
            scope=wanted.scope,
            code=code,
            labels=dict(wanted.section),
            position=session.scalars(last).one(),
        )
        session.add(section)
        session.flush()
    return section


def _say(made: OwnField, wanted: Wanted) -> None:
    made.labels = _said(wanted.labels)
    made.hints = _said(wanted.hints)
    made.required = wanted.required
    made.least, made.most, made.pattern = wanted.least, wanted.most, wanted.pattern
    made.needs = wanted.needs
    made.computed = wanted.computed
    made.needed_if, made.holds = wanted.needed_if, wanted.holds
    made.refusals = _said(wanted.refusals)


def _said(by_language: Mapping[str, str]) -> dict[str, str]:
    return {tag: text.strip() for tag, text in by_language.items() if text.strip()}


def _add_column(session: Session, made: OwnField) -> None:
    """Raises: RegistryBusy: those who write people did not let it through within two seconds."""
    try:
        with session.begin_nested():
            session.execute(select(func.add_field(made.scope, made.code, made.type)))
    except OperationalError as broken:
        if isinstance(broken.orig, LockNotAvailable):
            raise RegistryBusy from None
        raise
