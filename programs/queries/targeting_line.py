"""The line of those a program could take, where it takes only so many; who is late in it waits.

The order is by score, the best first, and who has none last; a person has that of their household.
Of equal scores it is by the day of registration; then by number. So it is the same whenever it is
asked.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    Values,
    any_,
    case,
    cast,
    column,
    func,
    literal,
    null,
    or_,
    select,
    values,
)
from sqlalchemy.orm import aliased

from geo.models.areas import Area
from programs.models.memberships import CycleMember, LeftOut, MembershipState
from programs.queries.targeting import Rules
from registry.models.registrants import Registrant
from registry.models.scores import ModelState, Score, ScoreModel


def in_line(judged: Select[Any], rules: Rules) -> Subquery:
    """Verdicts with the `rank` of who is in line, of whom those too late are drafts that wait.

    Where a program takes however many there are nobody has a rank.
    """
    if rules.most is None and not rules.quotas:
        return judged.add_columns(cast(null(), Integer).label("rank")).subquery("judged")
    verdicts = judged.cte("verdicts")
    placed = _placed(verdicts, rules)
    full = placed.c.area_place > placed.c.quota
    late = _late(placed, rules, full)
    c = verdicts.c
    state = case(
        (or_(full, late), literal(MembershipState.DRAFT, CycleMember.state.type)), else_=c.state
    )
    reason = case(
        (full, literal(LeftOut.QUOTA_FULL, CycleMember.reason.type)),
        (late, literal(LeftOut.PLACES_TAKEN, CycleMember.reason.type)),
        else_=c.reason,
    )
    told = {"state": state, "reason": reason}
    return (
        select(*(told.get(each.name, each).label(each.name) for each in c), placed.c.rank)
        .outerjoin(placed, placed.c.registrant_id == c.registrant_id)
        .subquery("judged")
    )


def _placed(verdicts: CTE, rules: Rules) -> CTE:
    """Who could be taken: `registrant_id, rank`, the `quota` of their area if it has one, and which
    of its places they would have, `area_place`; `turn` counts those who have one."""
    of = verdicts.c
    order = _order(rules)
    ranked = (
        select(of.registrant_id, of.area_id, func.row_number().over(order_by=order).label("rank"))
        .select_from(verdicts)
        .join(Registrant, Registrant.id == of.registrant_id)
        .where(of.state == MembershipState.ENROLLED)
    )
    if rules.score:
        scores = _scores(rules.score)
        ranked = ranked.outerjoin(scores, scores.c.registrant_id == of.home_id)
    line = ranked.cte("line")
    quotas = _quotas(rules)
    place = func.row_number().over(partition_by=quotas.c.pcode, order_by=line.c.rank)
    by_area = (
        select(
            line.c.registrant_id,
            line.c.rank,
            quotas.c.quota,
            case((quotas.c.quota.is_not(None), place)).label("area_place"),
        )
        .outerjoin(quotas, quotas.c.area_id == line.c.area_id)
        .cte("by_area")
    )
    within = func.coalesce(by_area.c.area_place <= by_area.c.quota, literal(value=True))
    turn = func.count().filter(within).over(order_by=by_area.c.rank)
    return select(*by_area.c, turn.label("turn")).cte("placed")


def _late(placed: CTE, rules: Rules, full: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether all places were taken before; who found their area full took none."""
    if rules.most is None:
        return literal(value=False)
    found_room = func.coalesce(~full, placed.c.rank.is_not(None))
    return found_room & (placed.c.turn > rules.most)


def _order(rules: Rules) -> list[ColumnElement[Any]]:
    after: list[ColumnElement[Any]] = [
        Registrant.registered_on.asc().nulls_last(),
        Registrant.number.asc(),
    ]
    if not rules.score:
        return after
    score: ColumnElement[Any] = column("score")
    best = score.asc() if rules.lowest_first else score.desc()
    return [best.nulls_last(), *after]


def _scores(code: str) -> Subquery:
    return (
        select(Score.registrant_id, Score.value.label("score"))
        .join(ScoreModel, ScoreModel.id == Score.model_id)
        .where(ScoreModel.code == code, ScoreModel.state == ModelState.ACTIVE)
        .subquery("scores")
    )


def _quotas(rules: Rules) -> Subquery:
    """The leaf areas of each area that has a quota: `area_id, pcode, quota`."""
    leaf, area = aliased(Area), aliased(Area)
    asked = _given(rules)
    return (
        select(leaf.id.label("area_id"), area.pcode, asked.c.quota)
        .select_from(asked)
        .join(area, area.pcode == asked.c.pcode)
        .join(leaf, area.id == any_(leaf.path))
        .subquery("quotas")
    )


def _given(rules: Rules) -> Values:
    given = values(column("pcode", String), column("quota", Integer), name="given")
    return given.data(list(rules.quotas) or [("", 0)])
