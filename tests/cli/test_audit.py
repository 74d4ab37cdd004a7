"""The commands about the trail say whether it is whole by their exit code and their lines."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app.cli import audit as commands
from core import audit
from core import settings as kept
from core.actor import Actor
from core.db import transaction
from core.seals import NoHeads, heads_file
from programs.models.organisations import Organisation

AMINA = Actor(id=1, name="Amina", permissions=frozenset())


@pytest.fixture
def outside(apart: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two acts in a database of their own, whose heads go to a file of the test's."""
    monkeypatch.setenv("AUDIT_HEADS", str(tmp_path / "heads.jsonl"))
    monkeypatch.setattr(commands, "connect", lambda _url: None)
    kept.settings.cache_clear()
    for name in ("Ada", "Bea"):
        _act(name)
    return tmp_path


@pytest.fixture(autouse=True)
def settings_as_before() -> object:
    yield
    kept.settings.cache_clear()


def _act(name: str) -> None:
    made = Organisation(name=name)
    with transaction() as session, audit.act(session, AMINA, "organisations.create", made):
        session.add(made)


def _run(*words: object) -> Result:
    return CliRunner().invoke(commands.audit, [*map(str, words)])


def _cut_tail() -> None:
    with transaction() as session:
        session.execute(text("set local session_replication_role = replica"))
        session.execute(text("delete from field_changes where entry_id = 2"))
        session.execute(text("delete from audit_entries where id = 2"))


def test_a_whole_trail_is_one_line_of_figures(outside: Path) -> None:
    assert _run("seal").output == "2 entries sealed\n"

    ran = _run("verify")
    assert ran.exit_code == 0
    assert ran.output == ("2 entries, 2 changes, head at position 2, 1 heads kept, 0 breaks\n")


def test_a_cut_tail_is_found_by_the_heads_kept_outside(outside: Path) -> None:
    _run("seal")
    _cut_tail()

    ran = _run("verify")
    assert ran.exit_code == 1
    assert "Tail cut after position 1: a head was kept of 2.\n" in ran.output


def test_a_head_kept_elsewhere_is_held_against_the_chain(outside: Path) -> None:
    _run("seal")
    elsewhere = outside / "head.json"
    elsewhere.write_text(_run("head").output)
    heads_file().unlink()

    assert _run("verify", "--head", elsewhere).exit_code == 0
    _cut_tail()
    assert _run("verify").exit_code == 0  # nothing inside the database shows it
    assert _run("verify", "--head", elsewhere).exit_code == 1


def test_a_head_says_where_the_chain_ends(outside: Path) -> None:
    _run("seal")

    said = json.loads(_run("head").output)
    assert (said["position"], said["entry"], len(said["chain"])) == (2, 2, 64)


def test_a_file_that_holds_no_heads_is_refused(outside: Path) -> None:
    file = outside / "poem.txt"
    file.write_text("No heads in here.\n")

    ran = _run("verify", "--head", file)
    assert isinstance(ran.exception, NoHeads)  # what main turns into exit code 2


def test_before_anything_is_sealed_there_is_no_head(outside: Path) -> None:
    assert isinstance(_run("head").exception, commands.NothingSealed)
