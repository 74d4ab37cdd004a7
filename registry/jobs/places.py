"""Looking over places of its own accord."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, whole_country, work
from registry.services.place_looks import look_over


@work
@whole_country
def look_over_places(
    session: Session, *, actor: Actor, progress: Progress, whole: bool = True
) -> dict[str, int]:
    """Look over places."""
    progress.report(0, 1)
    return {"doubted": look_over(session, whole=whole)}
