"""Figures for the public: small ones hidden, the others rounded. Numbers alone.

The same figure is always rounded the same way: to the nearest multiple of the base, from the middle
to the even one. A figure that is not zero is never rounded to zero. What is added up of rounded
figures is said as "about". Answers to anybody's own question are rounded at random instead.
"""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from registry.counting.answers import PARTS, Answers, Figure
from registry.counting.guarded import guarded_alone
from registry.counting.people import FIGURES, People
from registry.counting.sums import ANSWERS
from registry.counting.suppression import hidden


def rounded(figure: Figure, base: int) -> Figure:
    """A figure to the nearest multiple of a base, half to even; hidden stays hidden."""
    if not figure:
        return figure
    return max(base, round(figure / base) * base)


def unsteadily(figure: int, base: int, chance: float) -> int:
    """A figure to one of the two multiples of a base next to it, to the upper one where the chance,
    from 0 to below 1, is less than the part of the way it has come.

    With a chance that is drawn from what was counted, and a secret, figures of sets that differ by
    one do not tell of that one (B. Fraser, J. Wooton, A proposed method for confidentialising
    tabular output to protect against differencing, UNECE/Eurostat 2005).
    """
    whole, rest = divmod(figure, base)
    return (whole + (chance * base < rest)) * base


def for_public(
    areas: Sequence[Answers], people: People, base: int, fewest: int
) -> tuple[list[Answers], Answers, People]:
    """The answers of areas, of all of them together, and the people who are in, for everybody.

    Of areas that are not to be told apart there are none.
    """
    rows = np.array([[n or 0 for n in area.parts] for area in areas]).reshape(-1, len(PARTS))
    table = np.vstack([rows.sum(axis=0), rows])
    found = hidden(np.zeros(len(table), dtype=np.int64), table, fewest)
    flags = found.figures
    shown = [
        _answers([None if hide else n for n, hide in zip(row, flag, strict=False)], base)
        for row, flag in zip(table.tolist(), flags.tolist(), strict=True)
    ]
    together = dict(zip(PARTS, table[0].tolist(), strict=True))
    whole = Answers(**together, expected=0, asked=sum(together.values()))
    told = _nobody() if flags[0][0] else guarded_alone(whole, people, fewest).people
    bands = {name: rounded(getattr(told, name), base) for name in FIGURES}
    return [] if found.withheld[0] else shown[1:], shown[0], People(**bands)


def _answers(parts: Sequence[Figure], base: int) -> Answers:
    """Rounded answers; all asked are those of the parts together, if each of them is shown."""
    told = {name: rounded(n, base) for name, n in zip(ANSWERS, parts, strict=True)}
    asked = None if None in told.values() else sum(n or 0 for n in told.values())
    return Answers.of(told, asked)


def _nobody() -> People:
    """People of whom nothing is told."""
    return People(**dict.fromkeys((field.name for field in fields(People)), None))
