"""What tests share: one transaction for all of them, and savepoints for what one of them does."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from core.db import new_session


@contextmanager
def one_transaction(connection: Connection) -> Iterator[Session]:
    """One transaction for many tests; whatever else is asked meanwhile is part of it."""
    connection.rollback()
    outer = connection.begin()
    new_session.configure(bind=connection, join_transaction_mode="create_savepoint")
    with new_session() as session:
        yield session
    outer.rollback()
    new_session.configure(bind=connection.engine, join_transaction_mode="conditional_savepoint")


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """Whatever is done meanwhile is taken back, by whichever session of the transaction."""
    with session.begin_nested() as before:
        session.connection()  # not before this does the savepoint stand
        yield
        before.rollback()
    session.expire_all()
