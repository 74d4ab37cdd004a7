"""When cycles begin, as forms say it."""

from werkzeug.datastructures import MultiDict

from app.web.days import day_typed
from core.clock import today
from core.words import _
from programs.queries.recurrences import Every, composed
from programs.services.recurrences import Rhythm

MOST = 120  # weeks, months or years between two cycles
MOST_ROUNDS = 600


def rhythm_of(form: MultiDict[str, str]) -> Rhythm:
    """What a form says of when cycles begin; without a rule they do not recur.

    Raises:
        DayUnreadable
    """
    first = day_typed(form.get("first_day", "")) or today()
    every, rounds = form.get("every", type=Every), form.get("rounds", type=int)
    composed_rule = ""
    if every is not None:
        composed_rule = composed(
            every,
            min(max(form.get("interval", 1, type=int), 1), MOST),
            first,
            until=day_typed(form.get("until", "")),
            rounds=min(max(rounds, 1), MOST_ROUNDS) if rounds is not None else None,
        )
    return Rhythm(form.get("rule", "").strip() or composed_rule, first)


def rhythm_choices() -> list[tuple[str, str]]:
    """What cycles can be counted in."""
    return [
        ("", _("never: each cycle is started by hand")),
        (Every.WEEKLY.value, _("weeks")),
        (Every.MONTHLY.value, _("months")),
        (Every.YEARLY.value, _("years")),
    ]
