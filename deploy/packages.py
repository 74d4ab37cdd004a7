"""What we need of the machine's own packages, installed only when it is missing."""

import subprocess
from collections.abc import Callable

from deploy.accounts import Words
from deploy.checkout import DEBROOT, ROOT
from deploy.say import Trouble, note
from deploy.tools import find_postgres, find_program

SERVERS = (
    *("postgresql-15", "postgresql-client-15", "postgresql-15-postgis-3"),
    *("redis-server", "redis-tools"),
)


def have_servers() -> None:
    """PostgreSQL with PostGIS, and Redis."""
    have("PostgreSQL with PostGIS and Redis", SERVERS, _servers_are_there)


def have(what: str, names: tuple[str, ...], are_there: Callable[[], bool]) -> None:
    """Install Debian's packages of these names unless what they bring is there.

    Raises:
        Trouble: they cannot be had; it says what to ask an administrator for.
    """
    if are_there():
        return
    note(f"Installing {what} from Debian.")
    DEBROOT.parent.mkdir(parents=True, exist_ok=True)
    command: Words = [ROOT / "deploy/packages.sh", DEBROOT, *names]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=2, check=False)
    if done.returncode or not are_there():
        raise Trouble(
            f"{what} could not be installed; ask whoever looks after this machine for:"
            f" apt-get install --no-install-recommends {' '.join(names)}"
        )


def _servers_are_there() -> bool:
    return bool(find_postgres(DEBROOT) and find_program(DEBROOT, "redis-server"))
