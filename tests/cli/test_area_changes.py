"""A new map of areas by command: prepared by one person, put in force by another, told as JSON."""

import json
from pathlib import Path

from sqlalchemy import select

from app.auth.roles import Role
from app.cli.areas import changes, drop, enforce, stage
from app.cli.places import count, health
from core.db import transaction
from core.errors import Forbidden
from geo.models.areas import Area
from geo.queries.areas import in_force
from registry.services.place_looks import look_over
from tests.cli.conftest import Run
from tests.make.boundary_files import new_map_file
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location


def made() -> None:
    with transaction() as session:
        areas = make_country(session)
        for lon, lat in ((0.5, 0.5), (0.5, 1.5)):
            place = make_location(session, lon, lat, area_id=areas["X11"].id)
            make_household(session, place, area_id=areas["X11"].id)
        look_over(session, whole=True)


def files(folder: Path, codes: str = "X12,X19") -> tuple[Path, Path]:
    boundaries, listed = folder / "new.geojson", folder / "codes.csv"
    boundaries.write_bytes(new_map_file())
    listed.write_text(f"old_pcode,new_pcode\n{codes}\n")
    return boundaries, listed


def test_one_prepares_a_map_and_another_puts_it_in_force(run: Run, tmp_path: Path) -> None:
    made()
    boundaries, codes = files(tmp_path)
    said = run(stage, boundaries, "--codes", codes, "--version", "v2")
    assert said.output.splitlines()[-3:] == [
        "v2 after v1: staged",
        "areas: merged 2, recoded 1, same 3, split 2; ended 0, new 0",
        "places: 2 move, 0 to look at",
    ]
    again = run(enforce, "v2")
    assert "somebody else" in str(again.exception)
    assert run(enforce, "v2", role=Role.ADMINISTRATOR).exception is None

    told = json.loads(run(changes, "--version", "v2").stdout)
    assert (told["state"], told["places"], told["areas"]["split"]) == ("enforced", 2, 2)
    moves = {(each["old_pcode"], each["new_pcode"]): each["places"] for each in told["moves"]}
    assert moves == {("X11", "X13"): 1, ("X11", "X14"): 1}
    listed = json.loads(run(changes).stdout)
    assert [(each["version"], each["from_version"]) for each in listed] == [("v2", "v1")]
    with transaction() as session:
        assert set(session.scalars(select(Area.version).where(in_force()))) == {"v2"}


def test_a_wrong_list_is_told_row_by_row_and_a_map_is_given_up(run: Run, tmp_path: Path) -> None:
    made()
    boundaries, codes = files(tmp_path, "X11,X99")
    wrong = run(stage, boundaries, "--codes", codes, "--version", "v2")
    assert wrong.stdout == ""
    assert "codes.csv, row 2, X11 → X99: X99 is no area of the new map." in wrong.stderr
    assert json.loads(run(changes).stdout) == []

    run(stage, boundaries, "--version", "v2")
    assert run(drop, "v2").stdout.strip() == "dropped"
    refused = run(stage, boundaries, "--version", "v2", role=Role.VIEWER)
    assert "may not" in str(refused.exception)


def test_how_well_places_are_known_is_told_and_rounded_for_who_may_only_count(run: Run) -> None:
    made()
    exact = json.loads(run(health, "--json", role=Role.REGISTRAR).stdout)
    west = next(each for each in exact["areas"] if each["pcode"] == "X1")
    assert (exact["rounded_to"], west["all"], west["points"], west["round"]) == (1, 2, 2, 2)
    below = json.loads(run(health, "--json", "--area", "X1", role=Role.REGISTRAR).stdout)
    assert {each["pcode"]: each["all"] for each in below["areas"]} == {"X11": 2, "X12": 0}
    rounded = json.loads(run(health, "--json", role=Role.VIEWER).stdout)
    assert (rounded["rounded_to"], rounded["whole"]["all"], rounded["whole"]["nowhere"]) == (
        10,
        10,
        0,
    )
    lines = run(health, role=Role.REGISTRAR).stdout.splitlines()
    assert lines[1].split()[:5] == ["X1", "Area", "X1", "2", "2"]
    assert run(count, "round", role=Role.REGISTRAR).stdout.strip() == "2"
    assert isinstance(run(count, "round", role=Role.VIEWER).exception, Forbidden)
