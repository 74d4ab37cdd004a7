"""Tables of the peers, in a schema of their own."""

from typing import LiteralString

from psycopg import sql
from sqlalchemy.orm import Session


def run(session: Session, statements: LiteralString, **values: object) -> None:
    """Run statements one after the other, `{name}` standing for a value.

    CREATE TABLE AS takes no parameters, so the driver writes the values out.
    """
    written = {name: sql.Literal(value) for name, value in values.items()}
    said = sql.SQL(statements).format(**written)
    session.connection().exec_driver_sql(said.as_string())
