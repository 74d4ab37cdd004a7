"""What expressions come to for households or people: indicators, and the parts of scores."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from core.cql import Plan, Terms, reckoned
from registry.models.fields import Scope
from registry.models.registrants import Group, Individual, Registrant
from registry.queries.fields import Own
from registry.queries.people import members_counted
from registry.queries.queryables import RECKONER, household_terms, member_terms


def terms_of(scope: Scope, on: date, own: Own) -> Terms:
    """What an expression over groups, or over people, may use on a day."""
    return household_terms(on, own) if scope is Scope.GROUP else member_terms(on, own)


def reckoning(
    scope: Scope,
    written: Sequence[str],
    on: date,
    own: Own,
    of: Select[Any] | None = None,
) -> Select[Any]:
    """What expressions come to, one row a registrant: its id, and `reckoned_0` and so on.

    Of all groups or people, or of those whose ids `of` selects; all of it is one statement with one
    scan of the members. Whoever asks has been judged before.

    Raises:
        What `core.cql.reckoned` refuses.
    """
    plan, terms = Plan(), terms_of(scope, on, own)
    told: list[Any] = [
        reckoned(each, terms, actor=RECKONER, plan=plan)[0].expression.label(f"reckoned_{place}")
        for place, each in enumerate(written)
    ]
    table: Any = Group if scope is Scope.GROUP else Individual
    query = select(table.registrant_id, *told).join(
        Registrant, Registrant.id == table.registrant_id
    )
    query = plan.joined(query)
    if plan.figures:
        members = members_counted(plan, of)
        query = query.outerjoin(members, members.c.group_id == Group.registrant_id)
    return query if of is None else query.where(table.registrant_id.in_(of))


def permissions_used(names: frozenset[str], scope: Scope, on: date, own: Own) -> set[str]:
    """What somebody needs to ask for these terms, of a household or of its members."""
    known: list[Mapping[str, Any]] = [terms_of(scope, on, own), member_terms(on, own)]
    found = {getattr(terms.get(name), "permission", None) for terms in known for name in names}
    return {permission for permission in found if permission is not None}
