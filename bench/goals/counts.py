"""Goal 2: the live count of households in a drawn polygon with a hazard clause, exact."""

import gc
import math
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import shapely
from flask.testing import FlaskClient
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.auth.roles import GIVES
from app.cli.demo import PASSWORD
from app.site import create_app
from app.web.asking import as_sent
from bench.goals import graded
from bench.lines import Judge, Line, Pair, Side, Target, side_by_side
from bench.peers import hilbert_table
from bench.world import World, places, postgis_version
from core.actor import Actor
from core.db import transaction
from geo.queries.selections import Question
from registry.queries.answers import ask

RUNS = 9
PAGES = 40  # answers asked through the web
DEEP = 0.5  # metres
WHO = "coordinator@kesara.example"
EVERYBODY = Actor(id=0, name="", permissions=frozenset().union(*GIVES.values()), national=True)
LONGEST = 0.5  # seconds for a polygon of ten thousand vertices
PAGE = {"large": 0.06, "huge": 0.12}  # seconds
# Drawings: what they are called, the share of all places they hold, their vertices; and how many
# times as quick as the peer each is to be counted.
DRAWINGS = (
    ("count, a tenth of all", 0.1, 60),
    ("count, half of all", 0.5, 60),
    ("count, 10,000 vertices", 0.5, 10_000),
)
NOT_SLOWER = (1, 1, 1)
LEAST = {"large": (1, 2, 5), "huge": (15, 15, 15)}
Say = Callable[[str], None]
Counted = Callable[[Session, Question, Actor], dict[str, int]]


def measure(world: World, say: Say) -> list[Line]:
    """Against one statement on a table made for it; then through the web."""
    judge = Judge(2, world.size)
    hilbert_table.prepare(world.depth_id)
    say("Goal 2 ...")
    known = places()
    points = np.column_stack([known.lon, known.lat])
    least, peer = LEAST.get(world.size, NOT_SLOWER), postgis_version()
    pairs = [_beside(world, points, share, vertices) for _name, share, vertices in DRAWINGS]
    return [
        *(
            judge.compared(name, pair, Target(at_least=times), peer)
            for (name, _share, _vertices), pair, times in zip(DRAWINGS, pairs, least, strict=True)
        ),
        judge.limited("count, 10,000 vertices, at most", pairs[-1].ours, LONGEST),
        judge.limited("count as a page, p95", _pages(world, points), PAGE.get(world.size)),
        *_with_circles(judge, world, points),
    ]


def _with_circles(judge: Judge, world: World, points: NDArray[np.float64]) -> list[Line]:
    """The same, of households known within the accuracies of the country's files."""
    shapes = [drawn(points, 0.1, 60, turn=run / 5) for run in range(RUNS)]
    ours, plain = iter(shapes), iter(shapes)
    with graded.known_within_circles(world):
        pair = side_by_side(
            Side(lambda: _answers(graded.told, world, next(ours))),
            Side(lambda: _answers(graded.counted, world, next(plain))),
            RUNS,
        )
        pages = _pages(world, points)
    name = "count with circles, a tenth"
    return [
        judge.compared(name, pair, Target(), graded.PEER),
        judge.limited("with circles as a page, p95", pages, PAGE.get(world.size)),
    ]


def _answers(counted: Counted, world: World, shape: bytes) -> dict[str, int]:
    with transaction(EVERYBODY) as session:
        return counted(session, _question(world, shape), EVERYBODY)


def _question(world: World, shape: bytes) -> Question:
    return Question(shape=shape, release_id=world.depth_id, threshold=DEEP)


def drawn(points: NDArray[np.float64], share: float, vertices: int, turn: float = 0.0) -> bytes:
    """A winding polygon (WKB) about the middle of all points that holds about a share of them."""
    middle = np.median(points, axis=0)
    radius = np.quantile(np.hypot(*(points - middle).T), share)
    angle = np.linspace(0, 2 * math.pi, vertices, endpoint=False)
    reach = radius * (1 + 0.1 * np.sin(7 * angle + turn) + 0.02 * np.sin(vertices / 3 * angle))
    ring = middle + np.column_stack([np.cos(angle), np.sin(angle)]) * reach[:, None]
    drawing = shapely.MultiPolygon([shapely.Polygon(ring)])
    return drawing.wkb


def _beside(world: World, points: NDArray[np.float64], share: float, vertices: int) -> Pair:
    """Both sides asked the same drawings, each time another one."""
    shapes = [drawn(points, share, vertices, turn=run / 5) for run in range(RUNS)]
    ours, peer = iter(shapes), iter(shapes)
    return side_by_side(
        Side(lambda: _ask(world, next(ours))),
        Side(lambda: hilbert_table.count(next(peer), DEEP)),
        RUNS,
    )


def _ask(world: World, shape: bytes) -> int:
    with transaction(EVERYBODY) as session:
        return ask(session, _question(world, shape), actor=EVERYBODY).answers.in_ or 0


def _pages(world: World, points: NDArray[np.float64]) -> list[float]:
    """Seconds to the answered page, each time for another drawing."""
    times = []
    with _signed_in() as (browser, headers):
        for turn in range(PAGES + 1):
            shape = drawn(points, 0.1, 60, turn=turn / 10)
            with transaction() as session:
                sent = as_sent(session, _question(world, shape))
            began = time.perf_counter()
            answer = browser.post("/selections/answer", data=sent, headers=headers)
            times.append(time.perf_counter() - began)
            if answer.status_code != 200:
                raise RuntimeError(answer.status)
    return times[1:]  # the first one compiles the template


@contextmanager
def _signed_in() -> Iterator[tuple[FlaskClient, dict[str, str]]]:
    """A browser of a coordinator, and what its page sends along; the site as app.wsgi serves it."""
    site = create_app()
    gc.freeze()
    with site.test_client() as browser:
        form = {"email": WHO, "password": PASSWORD, "act_key": str(uuid.uuid4())}
        browser.post("/sign-in", data=form | {"csrf_token": _token(browser)})
        yield browser, {"X-CSRFToken": _token(browser), "Content-Type": "application/json"}


def _token(browser: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").text)
    return found[1] if found else ""
