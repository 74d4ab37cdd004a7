"""What a journey found, beside what it should have found."""

import time
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Line:
    """One figure: what it is of, what was found, what was known beforehand."""

    step: str
    what: str
    found: object
    known: object
    agrees: bool


@dataclass
class Ledger:
    """The figures of a journey in their order, and how long each step took."""

    lines: list[Line] = field(default_factory=list)
    step: str = ""
    began: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)

    def begin(self, step: str) -> None:
        """Go on to the next step."""
        self._stop()
        self.step, self.began = step, time.monotonic()

    def equal(self, what: str, found: T, known: T) -> None:
        """Note a figure that has to be the same to the last digit."""
        self.lines.append(Line(self.step, what, found, known, found == known))

    def near(self, what: str, found: float, known: float, share: float) -> None:
        """Note a figure that has to lie within a share of the known one."""
        agrees = abs(found - known) <= share * abs(known)
        self.lines.append(Line(self.step, what, round(found, 2), known, agrees))

    @property
    def agrees(self) -> bool:
        """Whether every figure is what it should be."""
        return bool(self.lines) and all(line.agrees for line in self.lines)

    def table(self) -> str:
        """The journey as a table for people, and its verdict."""
        self._stop()
        rows = [("step", "what", "found", "known", "")]
        said = ""
        for line in self.lines:
            first = f"{line.step} ({self.seconds[line.step]:.1f} s)" if line.step != said else ""
            mark = "" if line.agrees else "DIFFERS"
            rows.append((first, line.what, _said(line.found), _said(line.known), mark))
            said = line.step
        widths = [max(len(row[i]) for row in rows) for i in range(5)]
        body = "\n".join(_row(row, widths) for row in rows)
        wrong = sum(not line.agrees for line in self.lines)
        verdict = "every figure agrees" if self.agrees else f"{wrong} figures differ"
        return f"{body}\n\n{len(self.lines)} figures: {verdict}."

    def _stop(self) -> None:
        if self.step:
            self.seconds[self.step] = time.monotonic() - self.began


def _said(figure: object) -> str:
    if isinstance(figure, int) and not isinstance(figure, bool):
        return f"{figure:,}"
    return str(figure)


def _row(row: tuple[str, ...], widths: list[int]) -> str:
    left = "  ".join(cell.ljust(width) for cell, width in zip(row[:2], widths, strict=False))
    right = "  ".join(cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True))
    return f"{left}  {right}".rstrip()
