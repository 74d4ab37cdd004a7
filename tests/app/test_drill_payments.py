"""The drill of payments: nothing is lost or doubled while whatever works is killed."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from app.rehearsal.ledger import Ledger, Transfer
from app.rehearsal.manners import Fault, Manners
from app.rehearsal.server import Provider
from deploy.environment import BIN
from tests.places import ROOT

FIGURES = [
    *("rounds", "entitlements_lost", "entitlements_doubled"),
    *("payments_lost", "payments_doubled", "cents_off"),
]
PLANTED = ["nothing", *FIGURES[1:]]


def _drill(var: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    known = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    return subprocess.run(
        [BIN / "highground", "drill", "payments", *words],
        env=known | {"HIGHGROUND_VAR": str(var)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.xdist_group("servers")
def test_five_rounds_of_kills_and_faults_lose_and_double_nothing(tmp_path: Path) -> None:
    done = _drill(tmp_path / "var", "--rounds", "5", "--seed", "7", "--json")

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert list(told) == FIGURES
    assert told == {**dict.fromkeys(FIGURES, 0), "rounds": 5}
    assert [file.name for file in (tmp_path / "var").iterdir()] == ["throw-away.lock"]


@pytest.mark.xdist_group("servers")
def test_a_loss_of_each_kind_that_is_planted_is_reported(tmp_path: Path) -> None:
    done = _drill(tmp_path / "var", "--selfcheck")

    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == dict.fromkeys(PLANTED, True)


def _taken(provider: Provider, times: int) -> list[Transfer]:
    said = {
        "requestingOrganisationTransactionReference": "ERN-1",
        "creditParty": [{"key": "msisdn", "value": "+254700000001"}],
        "amount": "70.00",
        "currency": "KES",
    }
    return [provider.take(said, "one", "") for _time in range(times)]


@pytest.mark.parametrize(("faults", "moved"), [((), 1), ((Fault.FORGETS,), 2)])
def test_a_provider_pays_the_same_order_once_unless_it_forgets(
    tmp_path: Path, faults: tuple[Fault, ...], moved: int
) -> None:
    ledger = Ledger(tmp_path / "ledger")
    _taken(Provider(ledger, Manners(frozenset(faults)), "secret"), 2)

    assert Counter(line.reference for line in ledger.all()) == {"ERN-1": moved}
