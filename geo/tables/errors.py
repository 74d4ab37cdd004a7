"""The cells of a workbook whose formula failed: `#DIV/0!` and its like.

They are looked for in the sheet as it is written (Office Open XML, ECMA-376 part 1, 18.18.11),
because readers of workbooks leave them empty.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from zipfile import BadZipFile, ZipFile

CHUNK, LONGEST = 1 << 20, 1 << 14  # bytes read at a time; of one cell
SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
LINK = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
FAILED = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d+)"[^>]*>'
    rb"(?:(?!</(?:\w+:)?c>).){0,8192}?<(?:\w+:)?v>([^<]{1,40})<",
    re.DOTALL,
)

Failed = Mapping[int, Mapping[int, str]]


def failed_cells(path: Path, title: str) -> Failed:
    """By row and column, both from 0, what stands in the cells of a sheet whose formula failed."""
    found: dict[int, dict[int, str]] = {}
    try:
        with ZipFile(path) as book:
            for row, column, said in _failed(book, _part(book, title)):
                found.setdefault(row, {})[column] = said
    except (BadZipFile, KeyError, OSError):  # a workbook of another kind
        return {}
    return found


def _part(book: ZipFile, title: str) -> str:
    """The file of a sheet within a workbook. Raises KeyError."""
    sheets = SHEET.findall(book.read("xl/workbook.xml"))
    wanted = next((_said(each, "id") for each in sheets if _said(each, "name") == title), None)
    links = LINK.findall(book.read("xl/_rels/workbook.xml.rels"))
    target = next((_said(each, "Target") for each in links if _said(each, "Id") == wanted), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _said(tag: bytes, attribute: str) -> str:
    found = re.search(rf'[\s:]{attribute}="([^"]*)"'.encode(), tag)
    return unescape(found[1].decode()) if found else ""


def _failed(book: ZipFile, part: str) -> Iterator[tuple[int, int, str]]:
    with book.open(part) as sheet:
        before = b""
        while block := sheet.read(CHUNK):
            text, end = before + block, 0
            for found in FAILED.finditer(text):
                end = found.end()
                yield int(found[2]) - 1, _column(found[1]), found[3].decode()
            before = text[max(end, len(text) - LONGEST) :]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
