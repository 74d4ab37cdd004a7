"""Forms made elsewhere, and which of their questions fill which field here."""

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states
from registry.parsing.form_readings import Fills


class DeviceForm(Row):
    """One form made elsewhere, known by the code its devices send.

    `fills` is what becomes of it, `people_at` the path of what is asked of each person. `xform` is
    it as devices fetch it from here, where it was brought as a file; `is_served` whether they may.
    """

    __tablename__ = "device_forms"
    __table_args__ = (
        UniqueConstraint("code", info={"refusal": "A form of this code is known already."}),
    )

    code: Mapped[str]
    version: Mapped[str]
    title: Mapped[str]
    fills: Mapped[Fills] = mapped_column(states(Fills))
    people_at: Mapped[str] = mapped_column(server_default="")
    repeats: Mapped[str] = mapped_column(server_default="")
    xform: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_served: Mapped[bool] = mapped_column(server_default="false")
    is_mapped: Mapped[bool] = mapped_column(server_default="false")
    made_by: Mapped[int] = mapped_column(BigInteger)


class DeviceQuestion(Row):
    """One question of such a form, by its path, and the field it fills; none where it is left."""

    __tablename__ = "device_questions"
    __table_args__ = (UniqueConstraint("form_id", "path"),)

    form_id: Mapped[int] = mapped_column(ForeignKey("device_forms.id", ondelete="CASCADE"))
    path: Mapped[str]
    label: Mapped[str]
    kind: Mapped[str]
    field: Mapped[str | None]


class DeviceWord(Base):
    """One choice of such a question, and the word of ours that is meant by it."""

    __tablename__ = "device_words"

    question_id: Mapped[int] = mapped_column(
        ForeignKey("device_questions.id", ondelete="CASCADE"), primary_key=True
    )
    said: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    code: Mapped[str | None]
