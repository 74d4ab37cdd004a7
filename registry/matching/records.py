"""Records as they are compared: the columns of a table in Arrow."""

from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

APART = "\x1f"
"""Between the values of a column that holds several."""
NUMBERS = ("id", "household", "area")
TEXTS = ("kind", "said", "local", "bones", "sex", "identifiers", "contacts", "accounts")
FLAGS = ("latin", "exact")
DEGREES = ("lon", "lat")


def read_records(file: IO[bytes]) -> "pa.Table":
    """The records of a CSV as PostgreSQL writes it: a cell without anything is NULL.

    Columns: `id, kind` (group or individual)`, household` (whom somebody lives with)`, said, local`
    (names in small Latin letters, the words divided by blanks)`, latin` (whether the name was
    written in them)`, bones, sex, born, exact, area, lon, lat` (degrees)`, identifiers, contacts,
    accounts` (divided by `APART`; an identifier is its type, a blank, its key).
    """
    import pyarrow as pa
    from pyarrow import csv

    kinds = {
        **dict.fromkeys(NUMBERS, pa.int64()),
        **dict.fromkeys(TEXTS, pa.string()),
        **dict.fromkeys(FLAGS, pa.bool_()),
        **dict.fromkeys(DEGREES, pa.float64()),
        "born": pa.date32(),
    }
    return csv.read_csv(
        file,
        convert_options=csv.ConvertOptions(
            column_types=kinds,
            true_values=["t"],
            false_values=["f"],
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
