"""Goal 4: tiles of all households seen from afar, and tiles of a raster as pictures."""

import math
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyogrio

from app.auth.roles import GIVES
from bench.lines import Judge, Line, Pair, Side, Target, side_by_side
from bench.peers import raw_tiles, rio
from bench.world import Places, World, places, postgis_version
from core.actor import Actor
from core.db import transaction
from core.storage import path_of
from geo.models.releases import Release
from geo.queries.selections import Question
from geo.raster import picture
from geo.raster.open import dataset, opened
from registry.queries.tiles import household_tile

RUNS = 5
ZOOMS = (6, 7, 8)
PICTURES = (8, 10, 12, 13)
MANY = 60  # tiles timed for the 95th percentile
KILOBYTES = 60.0
SECONDS = 0.005
ON_A_BORDER = 1e-4  # share of pixels
EVERYBODY = Actor(id=0, name="", permissions=frozenset().union(*GIVES.values()), national=True)
CLASSES = [
    (0.1, (198, 219, 239, 255)),
    (0.5, (107, 174, 214, 255)),
    (1.0, (33, 113, 181, 255)),
    (2.0, (8, 48, 107, 255)),
]
STYLE = picture.Style(CLASSES, (0, 0, 0, 0))  # without the hatch, which the peer does not draw
Tile = tuple[int, int, int]
Drawn = Callable[[Tile], bytes | None]
Say = Callable[[str], None]


def measure(world: World, say: Say) -> list[Line]:
    """Against raw `ST_AsMVT`, and against rio-tiler."""
    judge = Judge(4, world.size)
    raw_tiles.prepare(world.depth_id)
    say("Goal 4 ...")
    known = places()
    return [*_households(world, judge, known), *_pictures(world, judge, known)]


def _households(world: World, judge: Judge, known: Places) -> list[Line]:
    question = Question(release_id=world.depth_id, threshold=0.5)
    lines = [_compared(judge, _fullest(known, zoom)[0], question) for zoom in ZOOMS]
    times, sizes = [], []
    tiles = [tile for zoom in ZOOMS for tile in _fullest(known, zoom)][:MANY]
    for tile in tiles:
        began = time.perf_counter()
        body = _household_tile(tile, question)
        times.append(time.perf_counter() - began)
        sizes.append(len(body) / 1000)
    return [
        *lines,
        judge.limited("households, p95", times, SECONDS),
        judge.limited("households, kilobytes", sizes, KILOBYTES),
    ]


def _compared(judge: Judge, tile: Tile, question: Question) -> Line:
    ours = Side(lambda: _household_tile(tile, question), _households_in(tile))
    peer = Side(lambda: raw_tiles.tile(*tile), lambda _body: raw_tiles.held(*tile))
    pair = side_by_side(ours, peer, RUNS)
    return judge.compared(
        f"households, zoom {tile[0]}", pair, Target(at_least=20), postgis_version()
    )


def _household_tile(tile: Tile, question: Question) -> bytes:
    with transaction(EVERYBODY) as session:
        return household_tile(session, tile, question, actor=EVERYBODY)


def _households_in(tile: Tile) -> Callable[[bytes], int]:
    """How many households the cells of a tile stand for."""

    def count(body: bytes) -> int:
        zoom, x, y = map(str, tile)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / zoom / x / f"{y}.mvt"
            path.parent.mkdir(parents=True)
            path.write_bytes(body)
            frame = pyogrio.read_dataframe(path, layer="households", read_geometry=False)
        return int(frame["n"].sum())

    return count


def _pictures(world: World, judge: Judge, known: Places) -> list[Line]:
    with transaction() as session:
        file = path_of(str(session.get_one(Release, world.depth_id).grid_sha256))
    peer = rio.Tiler(file, CLASSES)
    tiles = [tile for zoom in PICTURES for tile in _fullest(known, zoom)[:3]]
    with opened(file) as grid, dataset(grid.name) as source:
        canvas = picture.Canvas(grid, source)
        same = all(_alike(canvas.tile(at, STYLE), peer.exact(at)) for at in tiles)
    with opened(file) as grid, dataset(grid.name) as source:
        canvas = picture.Canvas(grid, source)
        first = _each(tiles, lambda at: canvas.tile(at, STYLE), peer.drawn, 1, same)
        again = _each(tiles, lambda at: canvas.tile(at, STYLE), peer.drawn, RUNS, same)
    said = f"rio-tiler {version('rio-tiler')}, file kept open"
    return [
        judge.compared("pictures, drawn first", first, Target(at_least=3), said),
        judge.compared("pictures, drawn again", again, Target(at_least=10), said),
    ]


def _alike(ours: bytes | None, peer: bytes) -> bool:
    """Whether pictures show the same; a middle on the very border of two cells may go to either."""
    differing = (rio.pixels(ours) != rio.pixels(peer)).any(axis=2)
    return bool(differing.mean() <= ON_A_BORDER)


def _each(tiles: Sequence[Tile], ours: Drawn, peer: Drawn, n: int, same: bool) -> Pair:
    """Both sides for each of some tiles, in turn; whether they show the same is known already."""
    pairs = [
        side_by_side(Side(partial(ours, tile), _unlooked), Side(partial(peer, tile), _unlooked), n)
        for tile in tiles
    ]
    return Pair(
        [seconds for pair in pairs for seconds in pair.ours],
        [seconds for pair in pairs for seconds in pair.peer],
        same,
    )


def _unlooked(_picture: bytes | None) -> None:
    """Looking at every picture again would only warm the cache of the one that draws next."""


def _fullest(known: Places, zoom: int) -> list[Tile]:
    """The tiles of a zoom that hold places, the fullest first."""
    n = 2**zoom
    x = ((known.lon + 180) / 360 * n).astype(int)
    north = np.log(np.tan(np.radians(45 + known.lat / 2))) / (2 * math.pi)
    y = ((0.5 - north) * n).astype(int)
    tiles, counts = np.unique(np.column_stack([x, y]), axis=0, return_counts=True)
    return [(zoom, int(x), int(y)) for x, y in tiles[np.argsort(-counts, kind="stable")]]
