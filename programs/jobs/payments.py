"""Payment lists as files: too slow for a page once they are long."""

from typing import Any

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, work
from programs.services.payments import export_csv, export_workbook

CSV, XLSX = "csv", "xlsx"


@work
def write_payment_list(
    session: Session, *, actor: Actor, progress: Progress, batch_id: int, kind: str = XLSX
) -> dict[str, Any]:
    """Write the payment list as a file."""
    export = export_csv if kind == CSV else export_workbook
    exported = export(session, batch_id, actor=actor, report=progress.report)
    return {"sha256": exported.kept.sha256, "orders": exported.orders}
