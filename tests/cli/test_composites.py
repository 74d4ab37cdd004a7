"""`highground releases derive`: maps put together and published by command."""

from pathlib import Path

from sqlalchemy import select

from app.auth.roles import Role
from app.cli.composites import derive
from core.actor import Actor
from core.db import transaction
from geo.models.releases import Operation, Release, ReleaseState
from geo.services.composites import WrongNumber
from tests.cli.conftest import Run
from tests.make.composites import make_days
from tests.make.geo import make_country, make_event


def _days(actor: Actor, folder: Path) -> list[int]:
    with transaction() as session:
        make_country(session)
        return [each.id for each in make_days(session, make_event(session), actor, folder)]


def test_maps_are_put_together_and_published_by_command(
    run: Run, anybody: Actor, tmp_path: Path
) -> None:
    of_days = ("--operation", "days", "--at-least", 0.5, "--name", "Days wet")

    said = run(derive, *_days(anybody, tmp_path), *of_days, role=Role.GIS_ANALYST)

    assert said.exit_code == 0, said.output
    with transaction() as session:
        made = session.scalars(select(Release).where(Release.operation == Operation.DAYS)).one()
        assert made.state is ReleaseState.PUBLISHED
        assert said.stdout == f"Days wet.tif: release 1, {made.original_sha256}\n"


def test_one_map_alone_is_not_put_together(run: Run, anybody: Actor, tmp_path: Path) -> None:
    alone = _days(anybody, tmp_path)[0]

    said = run(derive, alone, "--operation", "ever", "--at-least", 0.5, "--name", "One")

    assert isinstance(said.exception, WrongNumber)
