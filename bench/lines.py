"""What is measured: ours and the peer's run by run in turn, and the line that says how it ended."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Work = Callable[[], Any]


@dataclass(frozen=True)
class Target:
    """The ratio to reach: at least so many times as quick as the peer, or at most so many times a
    limit. Without one a line is told for its own sake, and only its answers are judged."""

    at_least: float | None = None
    at_most: float | None = None

    def ratio(self, ours: float, peer: float) -> float:
        """How many times the peer's time ours is contained in it, or the reverse for a limit."""
        return ours / peer if self.at_most is not None else peer / ours

    def met(self, ratio: float) -> bool:
        """Whether a ratio reaches it."""
        if self.at_most is not None:
            return ratio <= self.at_most
        return self.at_least is None or ratio >= self.at_least

    @property
    def said(self) -> str | None:
        """The target in signs, for the table and the JSON."""
        if self.at_most is not None:
            return f"<= {self.at_most:g}"
        return None if self.at_least is None else f">= {self.at_least:g}"


@dataclass(frozen=True)
class Line:
    """One thing measured. Times are seconds; `ratio` is what `target` speaks of.

    `holds` is false where the answers differ, however quick ours was.
    """

    goal: int
    name: str
    ours: float
    peer: float | None
    ratio: float | None
    target: str | None
    holds: bool
    answers_equal: bool
    peer_version: str
    n: int
    size: str


@dataclass(frozen=True)
class Side:
    """One way to do the work; `answer` is asked once the clock has stopped."""

    work: Work
    answer: Callable[[Any], Any] = lambda result: result


@dataclass(frozen=True)
class Pair:
    """The times of both sides, taken in turn, and whether they said the same each time."""

    ours: Sequence[float]
    peer: Sequence[float]
    answers_equal: bool


def side_by_side(ours: Side, peer: Side, n: int) -> Pair:
    """Run both sides n times in turn, so that what else the machine does weighs on both."""
    runs = [(_timed(ours), _timed(peer)) for _run in range(n)]
    return Pair(
        [ours.seconds for ours, _peer in runs],
        [peer.seconds for _ours, peer in runs],
        all(ours.answer == peer.answer for ours, peer in runs),
    )


@dataclass(frozen=True)
class Judge:
    """Writes the lines of one goal at one size."""

    goal: int
    size: str

    def compared(self, name: str, pair: Pair, target: Target, peer_version: str) -> Line:
        """A line for two sides that were run in turn, by their medians."""
        ours, peer = statistics.median(pair.ours), statistics.median(pair.peer)
        ratio = target.ratio(ours, peer)
        return Line(
            goal=self.goal,
            name=name,
            ours=ours,
            peer=peer,
            ratio=ratio,
            target=target.said,
            holds=pair.answers_equal and target.met(ratio),
            answers_equal=pair.answers_equal,
            peer_version=peer_version,
            n=len(pair.ours),
            size=self.size,
        )

    def limited(self, name: str, figures: Sequence[float], limit: float | None) -> Line:
        """A line for a figure of ours that may not pass a limit: its 95th percentile."""
        figure = sorted(figures)[max(0, -(-len(figures) * 95 // 100) - 1)]
        return Line(
            goal=self.goal,
            name=name,
            ours=figure,
            peer=None,
            ratio=None,
            target=None if limit is None else f"<= {limit:g}",
            holds=limit is None or figure <= limit,
            answers_equal=True,
            peer_version="",
            n=len(figures),
            size=self.size,
        )


def table(lines: Sequence[Line]) -> str:
    """The lines for people."""
    head = ("goal", "what", "ours", "peer", "ratio", "target", "holds", "peer is")
    rows = [head, *(_row(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _row(line: Line) -> tuple[str, ...]:
    verdict = "yes" if line.holds else "no"
    return (
        str(line.goal),
        line.name,
        _written(line.ours),
        _written(line.peer),
        _written(line.ratio),
        line.target or "",
        verdict if line.answers_equal else "no: answers differ",
        line.peer_version,
    )


def _written(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.3g}"


@dataclass(frozen=True)
class _Run:
    seconds: float
    answer: Any


def _timed(side: Side) -> _Run:
    began = time.perf_counter()
    result = side.work()
    took = time.perf_counter() - began
    return _Run(took, side.answer(result))
