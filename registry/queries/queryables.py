"""What a filter may ask of a household, and of each of its members."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Text,
    and_,
    case,
    cast,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from core.actor import Actor
from core.cql import (
    Drawn,
    Kind,
    Lookup,
    Plan,
    Source,
    Sourced,
    Term,
    Terms,
    counts_members,
    over_members,
    reckoned,
    terms_of_days,
)
from core.words import _
from geo.queries.latest import NOT_TOLD, Told
from geo.queries.queryables import area_terms, place_quality_terms, place_terms
from registry.models.fields import FieldType, Scope
from registry.models.registrants import Group, Individual, Membership, Registrant
from registry.models.scores import Score, ScoreModel
from registry.models.tags import RegistrantTag
from registry.permissions import May
from registry.queries.fields import NOTHING, Fields, Own, fields_table
from registry.queries.holdings import land_terms
from registry.queries.people import age_on, bands
from registry.queries.record_terms import record_terms

HEAD, RELATION, TAGS, STATED = "head", "relation", "tags", "stated"
RECKONER = Actor(id=0, name="", permissions=frozenset({May.READ_REGISTRANTS}))
KINDS = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.WORD: Kind.TEXT,
    FieldType.WORDS: Kind.LIST,
    FieldType.WHOLE: Kind.NUMBER,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.FLAG: Kind.FLAG,
    FieldType.DATE: Kind.DATE,
}


def household_terms(on: date, own: Own = NOTHING, latest: Told = NOT_TOLD) -> Terms:
    """The terms of a filter over groups, for a query of Registrant; ages are of `on`.

    `own` are the fields an installation added, `latest` the releases that are asked by name.
    """
    known = {
        **_counts(on),
        **_said_of_the_group(),
        **_said_of_the_head(on),
        **_scores(),
        **_own(own.groups, Scope.GROUP, Registrant.id),
        **over_members(member_terms(on, own)),
        **terms_of_any(on, latest),
    }
    return _with_reckoned(own.groups, known)


def member_terms(on: date, own: Own = NOTHING) -> Terms:
    """The terms of a condition on one member of a group, for a query of Individual."""
    known: Terms = {
        **_own(own.individuals, Scope.INDIVIDUAL, Individual.registrant_id),
        "age": Term(age_on(Individual.birth_date, on), Kind.NUMBER, _("Age in whole years")),
        "sex": Term(Individual.sex, Kind.TEXT, _("Sex: female, male or other"), words="sex"),
        "birth_date": Term(Individual.birth_date, Kind.DATE, _("Birth date")),
        "disabled": Term(
            Individual.disabled, Kind.FLAG, _("Has a disability"), May.READ_REGISTRANTS
        ),
        "relation": Sourced(
            lambda plan: plan.source(RELATION, _relations).c.kind,
            Kind.TEXT,
            _("Relation to the head of the household"),
            words="relation",
        ),
        "civil_status": Term(
            Individual.civil_status,
            Kind.TEXT,
            _("Civil status"),
            May.READ_REGISTRANTS,
            words="civil_status",
        ),
        **terms_of_days(on),
    }
    return _with_reckoned(own.individuals, known)


def _relations() -> Source:
    """What each person is in the group they count in."""
    ties = (
        select(Membership.group_id, Membership.member_id, Membership.kind)
        .where(Membership.ended_on.is_(None))
        .subquery("ties")
    )
    same = ties.c.group_id == Individual.counted_in
    return ties, and_(same, ties.c.member_id == Individual.registrant_id)


def _scores() -> Terms:
    """What versions of scores came to; of a household without one nothing is known."""
    read, of = May.READ_REGISTRANTS, partial(partial, _score_of)
    one = (Kind.TEXT,)
    return {
        "score": Lookup(of("value"), _("The score of this code"), read, Kind.NUMBER, one),
        "band": Lookup(of("band"), _("The class by the score of this code"), read, Kind.TEXT, one),
        "score_of": Lookup(
            of("value"),
            _("The score of this code and version"),
            read,
            Kind.NUMBER,
            (Kind.TEXT, Kind.NUMBER),
        ),
    }


def _score_of(column: str, asked: Sequence[Any]) -> Drawn:
    """By the version in force, or by the one that is named."""

    def scores() -> Source:
        meant = ScoreModel.version == asked[1] if asked[1:] else ScoreModel.state == "active"
        found = (
            select(Score.registrant_id, Score.value, Score.band)
            .join(ScoreModel, ScoreModel.id == Score.model_id)
            .where(ScoreModel.code == asked[0], meant)
            .subquery()
        )
        return found, found.c.registrant_id == Registrant.id

    return lambda plan: plan.source(("score", *asked), scores).c[column]


def _own(fields: Fields, scope: Scope, registrant_id: Any) -> Terms:
    """Own fields that are kept: their table is joined once, to those who ask for any of them."""
    held = fields_table(scope, fields)

    def drawn(code: str) -> Drawn:
        def value(plan: Plan) -> Any:
            joined = (held, held.c.registrant_id == registrant_id)
            return plan.source(held.name, lambda: joined).c[f"c_{code}"]

        return value

    return {
        code: Sourced(drawn(code), KINDS[each.type], each.label, each.needs, words=each.word_list)
        for code, each in fields.items()
        if not each.computed
    }


def _with_reckoned(fields: Fields, known: Terms) -> Terms:
    """Terms with those that are reckoned of them; each may use the fields made before it.

    What they use was judged when they were made, and what they need is asked of who uses them.
    """
    terms = dict(known)
    for each in sorted((f for f in fields.values() if f.computed), key=lambda f: f.made):
        written, before = str(each.computed), dict(terms)
        terms[each.code] = Sourced(
            partial(_reckoned, written, before),
            KINDS[each.type],
            each.label,
            each.needs,
            of_members=counts_members(written, before),
            words=each.word_list,
        )
    return terms


def _reckoned(written: str, terms: Terms, plan: Plan) -> Any:
    piece, _names = reckoned(written, terms, actor=RECKONER, plan=plan)
    return piece.expression


def own_terms(fields: Fields, held: FromClause) -> Terms:
    """Own fields that are kept, for a query their table is joined to already."""
    return {
        code: Term(
            held.c[f"c_{code}"], KINDS[each.type], each.label, each.needs, words=each.word_list
        )
        for code, each in fields.items()
        if not each.computed
    }


def _counts(on: date) -> Terms:
    known = bands(on)
    girls, boys = ["f0_4", "f5_17"], ["m0_4", "m5_17"]
    women, men = ["f18_59", "f60"], ["m18_59", "m60"]
    counts: list[tuple[str, Drawn, str]] = [
        ("people", _people, _("People of the household")),
        ("size", _size, _("Size it stated, else its people")),
        ("children_under_5", _those(known, ["f0_4", "m0_4"]), _("Children under five")),
        ("children", _those(known, [*girls, *boys]), _("Children under eighteen")),
        ("girls", _those(known, girls), _("Girls under eighteen")),
        ("boys", _those(known, boys), _("Boys under eighteen")),
        ("women", _those(known, women), _("Women of eighteen and over")),
        ("men", _those(known, men), _("Men of eighteen and over")),
        ("over_60", _those(known, ["f60", "m60"]), _("People of sixty and over")),
    ]
    return {
        name: Sourced(drawn, Kind.NUMBER, label, of_members=True) for name, drawn, label in counts
    }


def _those(known: dict[str, ColumnElement[bool]], names: Sequence[str]) -> Drawn:
    return lambda plan: _number(plan, or_(*(known[name] for name in names)))


def _number(plan: Plan, met: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(plan.figure(func.count().filter(met)), 0)


def _people(plan: Plan) -> ColumnElement[Any]:
    """Those who are listed, or of a partial list as many as were stated, if more."""
    listed = func.coalesce(plan.figure(func.count()), 0)
    stated = _stated(plan)
    return func.greatest(listed, case((stated.is_partial, stated.stated_size)))


def _size(plan: Plan) -> ColumnElement[Any]:
    return func.coalesce(_stated(plan).stated_size, _people(plan))


def _stated(plan: Plan) -> Any:
    """What is said of a group alone."""
    return plan.source(STATED, _groups).c


def _groups() -> Source:
    columns = (Group.registrant_id, Group.kind, Group.stated_size, Group.is_partial)
    stated = select(*columns).subquery("stated")
    return stated, stated.c.registrant_id == Registrant.id


def _has_disability(plan: Plan) -> ColumnElement[bool]:
    return _number(plan, Individual.disabled.is_(True)) > 0


def _said_of_the_group() -> Terms:
    return {
        "is_partial": Sourced(
            lambda plan: _stated(plan).is_partial, Kind.FLAG, _("Not all members are listed")
        ),
        "is_complete": Sourced(
            _is_complete, Kind.FLAG, _("It has a head, and all members are listed")
        ),
        "kind": Sourced(
            lambda plan: _stated(plan).kind, Kind.TEXT, _("Kind of group"), words="group_kind"
        ),
        "has_disability": Sourced(
            _has_disability,
            Kind.FLAG,
            _("Somebody has a disability"),
            permission=May.READ_REGISTRANTS,
            of_members=True,
        ),
    }


def _is_complete(plan: Plan) -> ColumnElement[bool]:
    return and_(plan.source(HEAD, _heads).c.group_id.is_not(None), not_(_stated(plan).is_partial))


def terms_of_any(on: date, latest: Told) -> Terms:
    """The terms of whatever registrant, for a query of Registrant."""
    return {
        **_said_of_the_registrant(),
        **area_terms(Registrant.area_id),
        **place_terms(Registrant.location_id, latest),
        **place_quality_terms(Registrant.location_id, May.READ_REGISTRANTS),
        **land_terms(),
        **record_terms(on),
        **terms_of_days(on),
    }


def _said_of_the_registrant() -> Terms:
    return {
        "registered_on": Term(Registrant.registered_on, Kind.DATE, _("Day it was registered")),
        "tags": Sourced(
            lambda plan: func.coalesce(
                plan.source(TAGS, _tags).c.tags, cast(array([]), ARRAY(Text))
            ),
            Kind.LIST,
            _("Words it is marked with"),
            May.READ_REGISTRANTS,
            words="tag",
        ),
    }


def _tags() -> Source:
    marked = (
        select(RegistrantTag.registrant_id, func.array_agg(RegistrantTag.tag).label("tags"))
        .group_by(RegistrantTag.registrant_id)
        .subquery("marked")
    )
    return marked, marked.c.registrant_id == Registrant.id


def _said_of_the_head(on: date) -> Terms:
    def sex(plan: Plan) -> ColumnElement[Any]:
        return plan.source(HEAD, _heads).c.sex

    def age(plan: Plan) -> ColumnElement[Any]:
        return age_on(plan.source(HEAD, _heads).c.birth_date, on)

    return {
        "sex_of_head": Sourced(sex, Kind.TEXT, _("Sex of the head: female or male"), words="sex"),
        "age_of_head": Sourced(age, Kind.NUMBER, _("Age of the head in years")),
    }


def _heads() -> Source:
    """The head of each group that has one now."""
    person = aliased(Individual)
    heads = (
        select(Membership.group_id, person.sex, person.birth_date)
        .join(person, person.registrant_id == Membership.member_id)
        .where(Membership.kind == HEAD, Membership.ended_on.is_(None))
        .subquery("heads")
    )
    return heads, heads.c.group_id == Registrant.id
