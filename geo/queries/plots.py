"""Whether plots wait to be asked about."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from geo.models.plots import PlotDue


def anything_unmeasured(session: Session) -> bool:
    """Whether some release owes some plot an answer."""
    return bool(session.scalar(select(exists().select_from(PlotDue))))
