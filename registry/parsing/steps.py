"""Look-ups as people write them: `straw: 1.2; metal: 0`, or `..2: 1; 2..5: 0.5; 5..: 0`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core.errors import Invalid

RANGE = re.compile(r"\s*(?P<at_least>[-\d.,]*?)\s*\.\.\s*(?P<below>[-\d.,]*)\s*")
LONGEST = 60  # characters of a word


class StepUnreadable(Invalid):
    """ "{step}" is no line of a look-up; write a word or 2..5, a colon, and the points."""


class StepsOverlap(Invalid):
    """Two lines of a look-up or two classes take the same value; let each end where one begins."""


@dataclass(frozen=True)
class Span:
    """Numbers from `at_least` on and below `below`; None is without end."""

    at_least: Decimal | None
    below: Decimal | None


@dataclass(frozen=True)
class Step:
    """A word, or a span of numbers, and the points of it."""

    word: str | None
    span: Span | None
    points: Decimal


def read_steps(written: str) -> list[Step]:
    """The lines of a look-up, divided by semicolons or ends of lines; none where it is empty.

    Raises:
        StepUnreadable, StepsOverlap
    """
    steps = [_step(line) for line in re.split(r"[;\n]", written) if line.strip()]
    words = [step.word for step in steps if step.word]
    spans = [step.span for step in steps if step.span]
    if len({*words}) < len(words):
        raise StepsOverlap
    refuse_overlap(spans)
    return steps


def steps_said(steps: Sequence[Step]) -> str:
    """Lines of a look-up as they are written."""
    return "; ".join(f"{step.word or span_said(step.span)}: {step.points:f}" for step in steps)


def span_said(span: Span | None) -> str:
    """A span of numbers as it is written."""
    low, high = (span.at_least, span.below) if span else (None, None)
    return f"{'' if low is None else f'{low:f}'}..{'' if high is None else f'{high:f}'}"


def refuse_overlap(spans: Sequence[Span]) -> None:
    """Refuse spans that share a number, or hold none.

    Raises:
        StepsOverlap
    """
    least = Decimal("-Infinity")
    ordered = sorted((s.at_least if s.at_least is not None else least, s.below) for s in spans)
    for place, (low, high) in enumerate(ordered):
        following = ordered[place + 1][0] if place + 1 < len(ordered) else None
        if high is not None and high <= low:
            raise StepsOverlap
        if following is not None and (high is None or high > following):
            raise StepsOverlap


def read_number(written: str, *, step: str = "") -> Decimal:
    """A number with a point or a comma.

    Raises:
        StepUnreadable
    """
    try:
        number = Decimal(written.strip().replace(",", "."))
    except InvalidOperation as broken:
        raise StepUnreadable(step=(step or written)[:LONGEST]) from broken
    if not number.is_finite():
        raise StepUnreadable(step=(step or written)[:LONGEST])
    return number


def _step(line: str) -> Step:
    said, colon, points = line.rpartition(":")
    word = said.strip()
    if not colon or not word or len(word) > LONGEST:
        raise StepUnreadable(step=line.strip()[:LONGEST])
    found = RANGE.fullmatch(word)
    if found is None and ".." in word:
        raise StepUnreadable(step=line.strip()[:LONGEST])
    if found is None:
        return Step(word, None, read_number(points, step=line))
    ends = [read_number(end, step=line) if end else None for end in found.groups()]
    return Step(None, Span(*ends), read_number(points, step=line))
