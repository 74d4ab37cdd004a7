"""Why a file is no table we can read, each in one sentence."""

from core.errors import Invalid


class NotATable(Invalid):
    """{name} is not a table we can read; save it as CSV or as an Excel workbook (.xlsx)."""


class TableEmpty(Invalid):
    """{name} has no rows below its headings; check that the right sheet comes first."""


class HeadingsMissing(Invalid):
    """The first row of {name} has no headings; put the name of each column there."""


class QuoteOpen(Invalid):
    """The quotation marks of row {row} do not pair up; correct them and send the file again."""


class WorkbookLocked(Invalid):
    """{name} is protected by a password; save it without one and send it again."""


class WebPage(Invalid):
    """{name} is a web page or an XML table under the name of a workbook; open it in a spreadsheet
    and save it as .xlsx or CSV."""


class SheetUnknown(Invalid):
    """{name} has no sheet {sheet}; it has {sheets}."""


class EncodingWrong(Invalid):
    """{name} is not written in {encoding}; name another encoding, or none."""


class EncodingUnknown(Invalid):
    """No encoding of texts is called {encoding}; name one such as utf-8 or cp1252."""
