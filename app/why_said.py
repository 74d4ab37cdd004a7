"""Why a household is in a cycle, or is not, as sentences: for a page, a program and a terminal."""

from collections.abc import Callable
from dataclasses import dataclass

from core.words import _, counted, figure_said
from programs.models.memberships import LeftOut, MembershipState
from programs.models.targeting import Side
from programs.queries.targeting_why import Clause, Judged, Verdict, Why
from registry.models.rosters import Answer


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: whether it lets the household through, and what was found;
    `code` is a condition in the filter language that the sentence is about."""

    passes: bool
    words: str
    code: str = ""


@dataclass(frozen=True)
class Section:
    """Checks that belong together, and what they come to."""

    title: str
    checks: list[Check]
    sums_up: str = ""


def verdict_said(why: Why | Verdict) -> str:
    """What the cycle's last run found of the household."""
    rank = figure_said(why.rank) if why.rank else ""
    if why.state is None:
        return _("It was not judged in this cycle.")
    if why.state is MembershipState.ENROLLED:
        return (
            _("It is enrolled, number {rank} in line.", rank=rank) if rank else _("It is enrolled.")
        )
    reason = reason_words(why.reason)
    if why.state is MembershipState.DRAFT and rank:
        return _("It is number {rank} in line. {why}.", rank=rank, why=reason)
    return _("It is left out: {why}.", why=reason)


def reason_words(reason: LeftOut | None) -> str:
    """Why a household is left out, or waits."""
    if reason is None:
        return _("for a reason that was not written down")
    return {
        LeftOut.INACTIVE: _("No longer in the registry"),
        LeftOut.DECLINED: _("Do not agree to receive help"),
        LeftOut.PAUSED: _("Paused in the program"),
        LeftOut.EXITED: _("Left the program"),
        LeftOut.RULE: _("Does not meet the rule"),
        LeftOut.SAME_PURPOSE: _("Served for the same purpose"),
        LeftOut.CONDITIONS: _("Does not meet the program's condition"),
        LeftOut.TWIN: _("The same as another in the program"),
        LeftOut.LISTED_OUT: _("Named on a list of those left out"),
        LeftOut.EXCLUDED: _("Meets what leaves out"),
        LeftOut.BELOW_LINE: _("Below the line on the map"),
        LeftOut.QUOTA_FULL: _("Waits: the places of its area are taken"),
        LeftOut.PLACES_TAKEN: _("Waits: all places are taken"),
    }[reason]


def reason_told(written: str | None) -> str:
    """Why a member stands where it does: a verdict of a cycle in words, or what was written."""
    if written in {each.value for each in LeftOut}:
        return reason_words(LeftOut(written))
    return written or ""


def sections(why: Why) -> list[Section]:
    """Everything that decides, in the order it is judged."""
    return [
        Section(_("Before the rule"), _before(why)),
        *(_exclusion(block) for block in why.leave),
        *_rule(why),
        Section(_("After the rule"), _after(why)),
    ]


def _before(why: Why) -> list[Check]:
    stopped = {
        MembershipState.PAUSED: _("It is paused in the program."),
        MembershipState.EXITED: _("It has left the program."),
    }
    usual = _("It is not paused in the program and has not left it.")
    active, declined = why.is_active, why.has_declined
    return [
        Check(why.is_asked, _listed(why)),
        Check(active, _("It is in the registry.") if active else _("It is no longer registered.")),
        Check(
            not declined,
            _("It does not agree to receive help.")
            if declined
            else _("It has not refused to receive help."),
        ),
        Check(why.standing not in stopped, stopped.get(why.standing, usual)),  # type: ignore[arg-type]
        *(_named(each.side, each.reason) for each in why.named),
        *_line(why),
    ]


def _listed(why: Why) -> str:
    if why.answer is None:
        return _("It is not on the list this cycle started from.")
    if why.is_asked and why.answer is Answer.PROBABLE:
        return _("It is on the list of this cycle, probably in.")
    return {
        Answer.IN: _("It is on the list of this cycle, in."),
        Answer.PROBABLE: _("It is only probably in, and this cycle takes those who surely are."),
        Answer.OUT: _("It stands outside of what the list asked for."),
        Answer.NOT_OBSERVED: _("Nobody could see whether its place is in."),
        Answer.UNLOCATED: _("It is not known where it stands."),
    }[why.answer]


def _named(side: Side, reason: str) -> Check:
    if side is Side.TAKE:
        return Check(True, _("It is on a list of those taken: {reason}", reason=reason))
    return Check(False, _("It is on a list of those left out: {reason}", reason=reason))


def _line(why: Why) -> list[Check]:
    line = why.rules.value
    if line is None:
        return []
    needed = _needed(why.compared, figure_said(float(line)))
    if why.value is None:
        return [Check(False, _("Its value on the map is not known, {needed}.", needed=needed))]
    found = figure_said(round(why.value, 3))
    words = _("Its value on the map is {found}, {needed}.", found=found, needed=needed)
    return [Check(why.reaches, words)]


def _exclusion(block: Judged) -> Section:
    title = _("Left out who meets this")
    checks = [_check(clause, _leaving, passes=not clause.met) for clause in block.clauses]
    out, stays = _("It meets all of it and is left out."), _("It does not meet all of it.")
    return Section(_titled(title, block.name), checks, out if block.met else stays)


def _rule(why: Why) -> list[Section]:
    if not why.take:
        everybody = Check(True, _("There is no rule: every household of the list is meant."))
        return [Section(_("The rule"), [everybody])]
    return [
        Section(_titled(_alternative(why, place), block.name), _clauses(block), _summed(block))
        for place, block in enumerate(why.take, 1)
    ]


def _alternative(why: Why, place: int) -> str:
    if len(why.take) == 1:
        return _("All of this has to hold")
    return _("Alternative {n}", n=place)


def _titled(title: str, name: str) -> str:
    return f"{title}: {name}" if name else title


def _clauses(block: Judged) -> list[Check]:
    return [_check(clause, _needed, passes=bool(clause.met)) for clause in block.clauses]


def _summed(block: Judged) -> str:
    if block.met:
        return _("It meets this.")
    return counted("{count} thing is lacking.", "{count} things are lacking.", block.lacking)


def _check(clause: Clause, asked_said: Callable[[str, str], str], *, passes: bool) -> Check:
    """A clause as a sentence: children under five: 1, at least 2 needed."""
    if clause.untold:
        return Check(False, clause.untold, clause.what)
    if not clause.operator:
        held = {True: _("so it is"), False: _("so it is not"), None: _("not known")}[clause.met]
        return Check(passes, held, clause.what)
    found = _("not known") if clause.found is None else _plain(clause.found)
    needed = asked_said(clause.operator, _plain(clause.asked))
    said = _("{found}, {needed}", found=found, needed=needed)
    if clause.is_written:
        return Check(passes, said, clause.what)
    return Check(passes, _("{what}: {said}", what=clause.what, said=said))


def _needed(operator: str, asked: str) -> str:
    return {
        ">=": _("at least {n} needed", n=asked),
        ">": _("more than {n} needed", n=asked),
        "<=": _("at most {n} allowed", n=asked),
        "<": _("less than {n} needed", n=asked),
        "=": _("{n} needed", n=asked),
        "<>": _("anything but {n} needed", n=asked),
    }[operator]


def _leaving(operator: str, asked: str) -> str:
    return {
        ">=": _("{n} and more would leave it out", n=asked),
        ">": _("more than {n} would leave it out", n=asked),
        "<=": _("{n} and less would leave it out", n=asked),
        "<": _("less than {n} would leave it out", n=asked),
        "=": _("{n} would leave it out", n=asked),
        "<>": _("anything but {n} would leave it out", n=asked),
    }[operator]


def _plain(value: str) -> str:
    """A value of a condition as people say it."""
    return {"true": _("yes"), "false": _("no")}.get(value, value)


def _after(why: Why) -> list[Check]:
    served = [
        Check(
            False,
            _("It is served for the same purpose by {program}.", program=name)
            if name
            else _("It is served for the same purpose by a program you do not see."),
        )
        for name in why.served_by
    ]
    nobody = Check(True, _("No other program serves it for the same purpose."))
    in_line = why.state is MembershipState.ENROLLED
    return [*(served or [nobody]), *([Check(in_line, verdict_said(why))] if why.rank else [])]
