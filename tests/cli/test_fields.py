"""Fields are listed and added from the command line."""

from decimal import Decimal
from pathlib import Path

import pytest

from app.auth.roles import Role
from app.cli.fields import FieldRowUnreadable, add, listed
from core.db import transaction
from core.errors import Forbidden
from registry.models.fields import FieldType, Scope
from registry.queries.fields import known_fields
from registry.services.fields import FieldCodeTaken
from tests.cli.conftest import Run

TWO = """scope,code,type,label,label:fr,section,most,required
group,rooms,whole,Rooms,Pièces,House,20,yes
group,well,flag,Has a well,,House,,
"""


@pytest.fixture
def file(apart: None, tmp_path: Path) -> Path:
    written = tmp_path / "fields.csv"
    written.write_text(TWO, encoding="utf-8")
    return written


def test_fields_of_a_file_are_added_and_listed(run: Run, file: Path) -> None:
    added = run(add, str(file), role=Role.ADMINISTRATOR).stdout
    told = run(listed, role=Role.ADMINISTRATOR).stdout.splitlines()

    assert added.split() == ["rooms", "well"]
    assert told == [
        "scope\tcode\ttype\tstate\tlabel",
        "group\trooms\twhole\tactive\tRooms",
        "group\twell\tflag\tactive\tHas a well",
    ]
    with transaction() as session:
        rooms = known_fields(session, Scope.GROUP)["rooms"]
    assert (rooms.type, rooms.section, rooms.required, rooms.most) == (
        FieldType.WHOLE, "House", True, Decimal(20),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        ("group,size,whole,Size,,House,,", FieldCodeTaken),
        ("village,a,whole,A,,House,,", FieldRowUnreadable),
        ("group,a,whole,A,,House,many,", FieldRowUnreadable),
    ],
)
def test_all_of_a_file_or_nothing_is_added(
    run: Run, file: Path, row: str, refusal: type[Exception]
) -> None:
    file.write_text(f"{TWO}{row}\n", encoding="utf-8")

    answer = run(add, str(file), role=Role.ADMINISTRATOR)

    assert isinstance(answer.exception, refusal)
    with transaction() as session:
        assert not known_fields(session, Scope.GROUP)


def test_who_may_not_add_fields_is_refused(run: Run, file: Path) -> None:
    assert isinstance(run(add, str(file), role=Role.REGISTRAR).exception, Forbidden)
