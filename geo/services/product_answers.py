"""Product answers: what was confirmed of a file, kept for the next one of its product."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from geo.models.product_answers import ProductAnswer, ProductClass
from geo.models.readings import ReleaseClass
from geo.models.releases import Release

SAME = (
    "measure", "unit", "direction", "floor", "zeros", "extra_nodata", "observed_rule",
    "value_field", "source", "licence",
)  # fmt: skip


def remember(session: Session, release: Release, answered_by: int) -> None:
    """Keep what a confirmed release was said to mean; part of confirming it, and of its act."""
    answer = session.get(ProductAnswer, release.product) or ProductAnswer(product=release.product)
    for name in SAME:
        setattr(answer, name, getattr(release, name))
    answer.answered_by, answer.answered_at = answered_by, func.now()
    session.add(answer)
    session.flush()
    session.execute(delete(ProductClass).where(ProductClass.product == release.product))
    classes = select(ReleaseClass).where(ReleaseClass.release_id == release.id)
    session.add_all(
        ProductClass(
            product=release.product, code=one.code, place=one.place, means=one.means,
            value=one.value, plus=one.plus,
        )
        for one in session.scalars(classes)
    )  # fmt: skip
