"""Which server is really alive. A pid file proves nothing: its number may be anyone's by now."""

from pathlib import Path

from deploy.accounts import Account


def working_in(folder: Path, name: str, account: Account) -> int | None:
    """The process `name` that works in `folder` and was not started by another such one.

    Asked in the account's own name: even root may not read these links in a container.
    """
    links = account.run(
        ["find", "/proc", "-mindepth", "2", "-maxdepth", "2", "-name", "cwd", "-printf", "%h %l\\n"]
    ).stdout
    here = {
        int(Path(process).name)
        for process, _, where in (line.partition(" ") for line in links.splitlines())
        if where == str(folder) and Path(process).name.isdigit() and _name(process) == name
    }
    return next((pid for pid in sorted(here) if _parent(pid) not in here), None)


def _name(process: str) -> str:
    try:
        return (Path(process) / "comm").read_text().strip()
    except OSError:
        return ""


def _parent(pid: int) -> int:
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    except OSError:
        return 0
    return int(after_name.split()[1])
