"""The row of what is decided of the country, read as each transaction begins."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, CheckConstraint, Connection, SmallInteger, Text, event, select
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from core.country import Country, know
from core.db import Row, new_session

ONLY = 1  # the key of the one row


class Decided(Row):
    """What is decided of the country this installation serves; `core.country` says what each is."""

    __tablename__ = "country"
    __table_args__ = (CheckConstraint("id = 1", name="there_is_one"),)

    name: Mapped[str] = mapped_column(server_default="")
    code: Mapped[str | None]
    timezone: Mapped[str] = mapped_column(server_default="UTC")
    phone_region: Mapped[str | None]
    home: Mapped[str | None]
    language: Mapped[str] = mapped_column(server_default="en")
    languages: Mapped[Sequence[str]] = mapped_column(ARRAY(Text), server_default="{en}")
    currency: Mapped[str | None]
    currencies: Mapped[Sequence[str]] = mapped_column(ARRAY(Text), server_default="{}")
    young_below: Mapped[int] = mapped_column(SmallInteger, server_default="5")
    old_from: Mapped[int] = mapped_column(SmallInteger, server_default="60")
    fewest: Mapped[int] = mapped_column(SmallInteger, server_default="5")
    rounding: Mapped[int] = mapped_column(SmallInteger, server_default="10")
    ask_purpose: Mapped[Sequence[str]] = mapped_column(ARRAY(Text), server_default="{}")
    crowd: Mapped[int] = mapped_column(SmallInteger, server_default="30")
    near_m: Mapped[float] = mapped_column(server_default="50")
    vague_m: Mapped[float] = mapped_column(server_default="500")
    fresh_months: Mapped[int] = mapped_column(SmallInteger, server_default="12")
    old_months: Mapped[int] = mapped_column(SmallInteger, server_default="60")
    coarse_m: Mapped[float] = mapped_column(server_default="100")
    largest_household: Mapped[int] = mapped_column(SmallInteger, server_default="30")
    document_mb: Mapped[int] = mapped_column(SmallInteger, server_default="10")
    purpose_hours: Mapped[int] = mapped_column(SmallInteger, server_default="8")
    undo_days: Mapped[int] = mapped_column(SmallInteger, server_default="90")
    land_percent: Mapped[int] = mapped_column(SmallInteger, server_default="20")
    alike_percent: Mapped[int] = mapped_column(SmallInteger, server_default="70")
    roof_m: Mapped[float] = mapped_column(server_default="15")
    platform: Mapped[str | None]
    accent: Mapped[str | None]
    accent_dark: Mapped[str | None]
    logo: Mapped[str | None]


COLUMNS = [
    column for column in Decided.__table__.columns if column.name not in ("id", "created_at")
]
ROW = select(*COLUMNS).where(Decided.id == ONLY)


@event.listens_for(new_session, "after_begin")
def _read(_session: Session, begun: SessionTransaction, connection: Connection) -> None:
    """Ask as a transaction begins; within a savepoint it is known."""
    if not begun.nested:
        know(Country(**connection.execute(ROW).mappings().one()))
