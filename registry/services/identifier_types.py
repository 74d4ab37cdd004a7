"""What identifiers of each kind look like: the rules, and whether a value keeps to them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from core import audit
from core.actor import Actor
from core.errors import Invalid
from registry.models.identifier_types import CheckDigit, IdentifierType
from registry.models.registrants import RegistrantKind
from registry.parsing.check_digits import CHECKS
from registry.permissions import May
from registry.queries.vocabularies import codes

LONGEST = 200  # signs of a pattern
MOST_MONTHS = 1_200


class IdentifierMisfit(Invalid):
    """{value} does not look like an identifier of this kind, such as {example}; read it again."""


class CheckDigitWrong(Invalid):
    """The last digits of {value} do not follow from the others; read it again."""


class IdentifierOfGroups(Invalid):
    """Identifiers of this kind belong to households and other groups; choose another kind."""


class IdentifierOfPeople(Invalid):
    """Identifiers of this kind belong to people; choose another kind."""


class PatternUnreadable(Invalid):
    """The pattern cannot be read; it is a regular expression such as [0-9]{{9}}."""


class ExampleMisfit(Invalid):
    """The example {example} does not fit the rule itself; correct one of the two."""


class MonthsImpossible(Invalid):
    """An identifier is good for 1 to 1,200 months; leave it out if it never expires."""


class KindUnknown(Invalid):
    """ "{code}" is no kind of identifier; choose one of the word list."""


NOT_THEIRS = {
    RegistrantKind.GROUP: IdentifierOfGroups,
    RegistrantKind.INDIVIDUAL: IdentifierOfPeople,
}


@dataclass(frozen=True)
class Rule:
    """What an identifier of one kind looks like, and for how long it is good.

    `pattern` is a regular expression the whole value has to fit, `example` a value that does.
    """

    pattern: str | None = None
    example: str | None = None
    check_digit: CheckDigit = CheckDigit.NONE
    registrant_kind: RegistrantKind | None = None
    months_valid: int | None = None


def set_rule(session: Session, code: str, rule: Rule, *, actor: Actor) -> IdentifierType:
    """Say what identifiers of a kind look like; those that are written down already stay.

    Raises:
        Forbidden, KindUnknown, PatternUnreadable, ExampleMisfit, MonthsImpossible
    """
    actor.require(May.WRITE_VOCABULARIES)
    if code not in codes(session).get("id_type", ()):
        raise KindUnknown(code=code)
    _refuse_rule(session, rule)
    found = session.scalar(select(IdentifierType).where(IdentifierType.code == code))
    kept = found or IdentifierType(code=code)
    with audit.act(session, actor, "identifier_types.set", kept) as figures:
        for name, value in asdict(rule).items():
            setattr(kept, name, value)
        session.add(kept)
        session.flush()
        figures.update(code=code)
    return kept


def refuse_misfits(session: Session, said: Sequence[tuple[str, str]], kind: RegistrantKind) -> None:
    """Refuse identifiers, each a kind and a value, that do not keep to the rule of their kind.

    Raises:
        IdentifierMisfit, CheckDigitWrong, IdentifierOfGroups, IdentifierOfPeople
    """
    if not said:
        return
    types, values = ([each[place] for each in said] for place in (0, 1))
    given = func.unnest(literal(types, ARRAY(Text)), literal(values, ARRAY(Text)))
    each = given.table_valued("type", "value").render_derived()
    whole = func.concat("^(?:", IdentifierType.pattern, ")$")
    fits = IdentifierType.pattern.is_(None) | each.c.value.op("~")(whole)
    asked = select(IdentifierType, each.c.value, fits).join(
        each, each.c.type == IdentifierType.code
    )
    for rule, value, is_fit in session.execute(asked):
        if not is_fit:
            raise IdentifierMisfit(value=value, example=rule.example or rule.pattern)
        if rule.check_digit is not CheckDigit.NONE and not CHECKS[rule.check_digit](value):
            raise CheckDigitWrong(value=value)
        if rule.registrant_kind not in (None, kind):
            raise NOT_THEIRS[rule.registrant_kind]


def _refuse_rule(session: Session, rule: Rule) -> None:
    if rule.months_valid is not None and not 1 <= rule.months_valid <= MOST_MONTHS:
        raise MonthsImpossible
    if rule.pattern and len(rule.pattern) > LONGEST:
        raise PatternUnreadable
    fits = True
    if rule.pattern:
        whole = literal(f"^(?:{rule.pattern})$")
        try:
            with session.begin_nested():
                asked = select(literal(rule.example or "").op("~")(whole))
                fits = bool(session.scalar(asked)) or not rule.example
        except DataError as broken:
            raise PatternUnreadable from broken
    check = CHECKS.get(rule.check_digit)
    if not fits or (rule.example and check and not check(rule.example)):
        raise ExampleMisfit(example=rule.example)
