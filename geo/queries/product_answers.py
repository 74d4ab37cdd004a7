"""What was answered for a product before."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.models.product_answers import ProductAnswer, ProductClass
from geo.models.releases import Release


def answer_before(session: Session, release: Release) -> ProductAnswer | None:
    """What was last answered for the product of a release, if it was ever."""
    return session.get(ProductAnswer, release.product) if release.product else None


def classes_before(session: Session, answer: ProductAnswer) -> Sequence[ProductClass]:
    """What the codes of a product were last said to mean."""
    mine = select(ProductClass).where(ProductClass.product == answer.product)
    return session.scalars(mine.order_by(ProductClass.place)).all()
