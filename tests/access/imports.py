"""The routes of imports: what each needs, and what of the marked world it may show."""

from registry.permissions import May as Registry
from tests.access.rows import IMPORT, IMPORTS, NOTHING, PEOPLE, Row, needs

IMPORT_ROW = IMPORT | {"number": "row_number"}
MEND = Row(IMPORTS, about=IMPORT)
MEND_ROW = Row(IMPORTS, about=IMPORT_ROW)

GETS: dict[str, Row] = {
    "api_imports.show": Row(IMPORTS, PEOPLE, IMPORT, nearby=False),
    "imports.depending_on": Row(needs(Registry.UNDO_IMPORTS), NOTHING, IMPORT),
    "import_mapping.reading": Row(IMPORTS, PEOPLE, IMPORT, nearby=False),
    "import_rows.show": Row(IMPORTS, PEOPLE, IMPORT_ROW, nearby=False),
    "imports.failed": Row(IMPORTS, PEOPLE, IMPORT | {"kind": "rows_kind"}, nearby=False),
    "imports.headings": Row(shows=NOTHING, about={"kind": "kind"}),
    "imports.index": Row(IMPORTS, PEOPLE, nearby=False),
    "imports.show": Row(IMPORTS, PEOPLE, IMPORT, nearby=False),
}
DELETES: dict[str, Row] = {
    "api_imports.undo": Row(needs(Registry.UNDO_IMPORTS), about=IMPORT),
}
POSTS: dict[str, Row] = {
    "import_mapping.drop": MEND,
    "import_mapping.make": MEND,
    "import_mapping.map_columns": MEND,
    "import_mapping.use": MEND,
    "import_rows.as_sent": MEND_ROW,
    "import_rows.check": MEND,
    "import_rows.correct": MEND_ROW,
    "import_rows.corrected": MEND,
    "import_rows.link": MEND_ROW,
    "import_rows.new": MEND_ROW,
    "imports.accept": MEND,
    "imports.discard": MEND,
    "imports.leave_out": MEND,
    "imports.merge": Row(needs(Registry.MERGE_IMPORTS), about=IMPORT),
    "imports.review": MEND,
    "imports.undo": Row(needs(Registry.UNDO_IMPORTS), about=IMPORT),
    "imports.upload": Row(IMPORTS),
}
