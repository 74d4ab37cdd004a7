"""The database: one engine, one base class, one way to open a transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar, cast

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Constraint,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Identity,
    Index,
    MetaData,
    Select,
    String,
    TypeDecorator,
    UpdateBase,
    create_engine,
    func,
    literal,
    select,
)
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from core.actor import Actor
from core.errors import Conflict, NotFound
from core.words import _, kept, told

E = TypeVar("E", bound=StrEnum)

NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}

BEYOND_KEYS = 2**31  # what some columns of whole numbers end at; no key has come so far

new_session = sessionmaker()


class Base(DeclarativeBase):
    """Every table. Foreign keys are strings, so models never import one another."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: DateTime(timezone=True), int: BigInteger}  # noqa: RUF012


class Row(Base):
    """A table with a surrogate key and a birthday."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


def states(kind: type[E]) -> Enum:
    """The column type of a state: stored by value, as text with a check."""
    return Enum(
        kind,
        name=kind.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        values_callable=lambda words: [word.value for word in words],
    )


class Words(TypeDecorator[str]):
    """The column type of a sentence for people: each reader is told it in a language of theirs."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else kept(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else told(value)


def connect(url: str) -> Engine:
    """Open the pool every session of this process draws from.

    `url` is a libpq URL; `postgresql://` means psycopg 3.
    """
    engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10)
    new_session.configure(bind=engine)
    return engine


@contextmanager
def transaction(actor: Actor | None = None) -> Iterator[Session]:
    """Commit if the block returns, roll back if it raises. Nothing else ever commits.

    Who is named is whom the database takes it for (`stand`). What was left for afterwards in
    `session.info["then"]` is done once the commit stands.
    """
    try:
        with new_session.begin() as session:
            if actor is not None:
                stand(session, actor)
            yield session
    except IntegrityError as broken:
        raise refusal_of(broken) from broken
    except DataError as unread:
        if _asks_beyond_numbers(unread):
            raise NotFound from unread
        raise
    for then in session.info.pop("then", ()):
        then()


def _asks_beyond_numbers(unread: DataError) -> bool:
    """Whether what failed named a whole number beyond those that anything is known by."""
    params = unread.params
    asked = params.values() if isinstance(params, Mapping) else ()
    return any(isinstance(each, int) and abs(each) >= BEYOND_KEYS for each in asked)


def stand(session: Session, actor: Actor) -> None:
    """Let the database show this transaction what the actor may see, and no more.

    The rows that name people have policies for two roles: one sees all of them, the other those of
    the areas the actor is bound to (migration 0010). It holds until the transaction ends.
    """
    if actor.national:
        session.execute(_as_role("highground_national"))
    else:
        roots = literal(sorted(actor.area_ids), ARRAY(BigInteger))
        session.execute(select(func.stand_locally(actor.id, roots)))


def stand_whole(session: Session) -> None:
    """Let the database show this transaction the whole country: for work that is declared so."""
    session.execute(_as_role("highground_whole"))


def _as_role(name: str) -> Select[str]:
    return select(func.set_config("role", name, True))


def changed(session: Session, statement: UpdateBase) -> int:
    """Run an INSERT, UPDATE or DELETE over a set, and answer how many rows it touched.

    What the session holds of them in memory is not refreshed.
    """
    options = {"preserve_rowcount": True, "synchronize_session": False}
    done = session.execute(statement, execution_options=options)
    return cast("CursorResult[Any]", done).rowcount


def refusal_of(broken: IntegrityError) -> Exception:
    """Answer a broken constraint with the sentence its table wrote beside it, if it wrote one."""
    name = getattr(getattr(broken.orig, "diag", None), "constraint_name", None)
    for table in Base.metadata.tables.values():
        rules: list[Constraint | Index] = [*table.constraints, *table.indexes]
        for rule in rules:
            if rule.name == name and "refusal" in rule.info:
                return Conflict(_(rule.info["refusal"]))
    return broken
