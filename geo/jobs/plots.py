"""Hazard maps are asked about plots."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, whole_country, work
from geo.services.plots import measure_due


@work
@whole_country
def measure_plots(session: Session, *, actor: Actor, progress: Progress) -> dict[str, int]:
    """Ask hazard maps about plots."""
    progress.report(0, 1)
    return {"plots": measure_due(session)}
