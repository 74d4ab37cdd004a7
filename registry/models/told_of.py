"""What every row that tells of a registrant carries beside."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column


class ToldOf:
    """What is told of a registrant carries its area and its maker, so that no policy joins.

    Whoever writes brings them along; else, and when the registrant moves, triggers do.
    """

    area_id: Mapped[int | None] = mapped_column(BigInteger)
    made_by: Mapped[int | None] = mapped_column(BigInteger)
