"""Why a household or a person is in a cycle, or is not, as sentences: for a page, a program and a
terminal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.why_words import words_of
from core.words import _, counted, figure_said
from programs.models.memberships import LeftOut, MembershipState
from programs.models.targeting import Side
from programs.queries.targeting_why import Clause, Judged, Named, Verdict, Why
from registry.models.rosters import Answer

Words = Mapping[str, Any]  # the sentences of `why_words`


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: whether it lets somebody through, and what was found;
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
    """What the cycle's last run found of the household, or of the person."""
    said, rank = words_of(why.target), figure_said(why.rank) if why.rank else ""
    if why.state is None or (why.state is MembershipState.DRAFT and why.reason is None):
        return str(said["not_judged"])
    if why.state is MembershipState.ENROLLED:
        return str(said["enrolled_at"](rank=rank) if rank else said["enrolled"])
    reason = reason_words(why.reason)
    if why.state is MembershipState.DRAFT and rank:
        return str(said["waits"](rank=rank, why=reason))
    return str(said["left_out"](why=reason))


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
        LeftOut.OFF_LIST: _("No longer in a household of the list"),
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
        *(_exclusion(block, words_of(why.target)) for block in why.leave),
        *_rule(why),
        Section(_("After the rule"), _after(why)),
    ]


def _before(why: Why) -> list[Check]:
    said = words_of(why.target)
    stopped = {MembershipState.PAUSED: "paused", MembershipState.EXITED: "exited"}
    standing = said[stopped.get(why.standing, "stays")]  # type: ignore[arg-type]
    active, declined = why.is_active, why.has_declined
    return [
        Check(why.is_asked, _listed(why, said)),
        Check(active, said["active" if active else "inactive"]),
        Check(not declined, said["declined" if declined else "agrees"]),
        Check(why.standing not in stopped, standing),
        *(_named(each, said) for each in why.named),
        *_line(why, said),
    ]


def _listed(why: Why, said: Words) -> str:
    if why.answer is None or (why.answer is Answer.IN and not why.is_asked):
        return str(said["unlisted"])
    if why.is_asked and why.answer is Answer.PROBABLE:
        return str(said["probably"])
    answers = {
        Answer.IN: "in",
        Answer.PROBABLE: "probable",
        Answer.OUT: "outside",
        Answer.NOT_OBSERVED: "not_observed",
        Answer.UNLOCATED: "unlocated",
    }
    return str(said[answers[why.answer]])


def _named(each: Named, said: Words) -> Check:
    taken = each.side is Side.TAKE
    return Check(taken, said["taken" if taken else "out"](reason=each.reason))


def _line(why: Why, said: Words) -> list[Check]:
    line = why.rules.value
    if line is None:
        return []
    needed = _needed(why.compared, figure_said(float(line)))
    if why.value is None:
        return [Check(False, said["no_value"](needed=needed))]
    found = figure_said(round(why.value, 3))
    return [Check(why.reaches, said["value"](found=found, needed=needed))]


def _exclusion(block: Judged, said: Words) -> Section:
    title = _("Left out who meets this")

    def leaving(operator: str, asked: str) -> str:
        return str(said[operator](n=asked))

    checks = [_check(clause, leaving, passes=not clause.met) for clause in block.clauses]
    return Section(
        _titled(title, block.name), checks, said["meets_out" if block.met else "stays_in"]
    )


def _rule(why: Why) -> list[Section]:
    if not why.take:
        return [Section(_("The rule"), [Check(True, words_of(why.target)["everybody"])])]
    meets = words_of(why.target)["meets"]
    return [
        Section(
            _titled(_alternative(why, place), block.name), _clauses(block), _summed(block, meets)
        )
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


def _summed(block: Judged, meets: str) -> str:
    if block.met:
        return meets
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


def _plain(value: str) -> str:
    """A value of a condition as people say it."""
    return {"true": _("yes"), "false": _("no")}.get(value, value)


def _after(why: Why) -> list[Check]:
    said = words_of(why.target)
    served = [
        Check(False, said["served"](program=name) if name else said["served_unseen"])
        for name in why.served_by
    ]
    in_line = why.state is MembershipState.ENROLLED
    nobody = Check(True, said["not_served"])
    return [*(served or [nobody]), *([Check(in_line, verdict_said(why))] if why.rank else [])]
