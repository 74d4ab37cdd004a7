"""Goal 8: duplicates among people of whom it is known who is written down twice, and the search."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pyarrow as pa

from bench.country.sizes import SIZES
from bench.doubles import Doubles, make
from bench.goals.finding import finding
from bench.lines import Judge, Line, Side, Target, side_by_side
from bench.peers import rapidfuzz_blocks
from bench.world import World
from registry.matching.fuzzy import alike
from registry.matching.model import learnt

RUNS = 3
A_SECOND = 400_000  # records
RECALL = 0.85
A_MILLION = 1_000_000
A_MINUTE = 60  # seconds
Say = Callable[[str], None]


def measure(world: World, say: Say) -> list[Line]:
    """Beside rapidfuzz on the same records, and the search over as many names."""
    judge = Judge(8, world.size)
    say("Goal 8 ...")
    doubles = make(SIZES[world.size].households)
    return [*_fast(judge, doubles), _model(judge, doubles), *finding(judge, doubles.records)]


def recall(found: Iterable[tuple[int, int]], doubles: Doubles) -> float:
    """The share of those written twice that were found."""
    return len({*found} & doubles.pairs) / len(doubles.pairs)


def _fast(judge: Judge, doubles: Doubles) -> list[Line]:
    enough = Side(lambda: alike(doubles.records, None)[0], lambda t: _enough(_ids(t), doubles))
    peer = Side(lambda: rapidfuzz_blocks.alike(doubles.records), lambda _found: True)
    pair = side_by_side(enough, peer, RUNS)
    many = len(doubles.records) >= A_MILLION  # of a few the start is all there is
    seconds = len(doubles.records) / A_SECOND if many else None
    quick = judge.limited("duplicates, all records a run, p95", pair.ours, seconds)
    return [
        replace(quick, holds=quick.holds and pair.answers_equal, answers_equal=pair.answers_equal),
        judge.compared(
            "duplicates, beside one block and whole names", pair, Target(), rapidfuzz_blocks.VERSION
        ),
    ]


def _model(judge: Judge, doubles: Doubles) -> Line:
    """A model learnt from the records, and all pairs judged by it."""
    began = time.perf_counter()
    pairs, _blocks, _settings = learnt(doubles.records)
    line = judge.limited("duplicates, by a learnt model", [time.perf_counter() - began], A_MINUTE)
    found = _enough(_ids(pairs), doubles)
    return replace(line, holds=line.holds and found, answers_equal=found)


def _enough(found: Iterable[tuple[int, int]], doubles: Doubles) -> bool:
    return recall(found, doubles) >= RECALL


def _ids(pairs: pa.Table) -> Iterator[tuple[int, int]]:
    return zip(pairs["left"].to_pylist(), pairs["right"].to_pylist(), strict=True)
