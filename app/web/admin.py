"""The rooms of administration."""

from pathlib import Path

from flask import Blueprint, render_template

from app.auth.permissions import May
from app.backup.shelf import backups
from app.request import actor
from core.clock import moment_said
from core.settings import settings
from core.words import _

bp = Blueprint("admin", __name__)


@bp.get("/admin")
def index() -> str:
    actor().require(May.WRITE_USERS)
    return render_template("admin/index.html", backup=_last_backup())


def _last_backup() -> str | None:
    """When the last backup was made; None where no folder of backups is named."""
    folder = settings().backup_folder
    if not folder:
        return None
    made = backups(Path(folder))
    if not made:
        return _("No backup was found in {folder}.", folder=folder)
    return _("The last backup was made at {moment}.", moment=moment_said(made[-1].moment))
