"""Reading the names that files brought."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, whole_country, work
from registry.services.names import read_all


@work
@whole_country
def read_names(session: Session, *, actor: Actor, progress: Progress) -> dict[str, int]:
    """Read names for the search."""
    return {"rows": read_all(session, progress.report)}
