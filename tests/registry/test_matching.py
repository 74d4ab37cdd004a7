"""Which two records are of one, and which only look so: twenty pairs judged by hand."""

from typing import Any

import pytest

from registry.matching.fuzzy import alike
from tests.make.records import record, table

Pair = tuple[dict[str, Any], dict[str, Any]]

AMINA = ("Amina Yusuf", "1990-03-14", "female")
HOME: dict[str, Any] = {"kind": "group", "lon": 121.7, "lat": 17.6}
FIVE_METRES_NORTH = 17.6 + 5 / 110_574

DOUBLE: dict[str, Pair] = {
    "written twice": (record(*AMINA), record(*AMINA)),
    "a letter doubled": (record(*AMINA), record("Amina Yussuf", *AMINA[1:])),
    "a letter wrong": (
        record("Kofi Mensah", "1984-11-02", "male"),
        record("Kofi Mensan", "1984-11-02", "male"),
    ),
    "two letters changed about": (
        record("Grace Wanjiru", "1979-06-30", "female"),
        record("Garce Wanjiru", "1979-06-30", "female"),
    ),
    "the words the other way round": (record(*AMINA), record("Yusuf, Amina", *AMINA[1:])),
    "in another script": (record(*AMINA), record("أمينة يوسف", *AMINA[1:])),
    "in Cyrillic": (
        record("Nurlan Abenov", "1971-01-09", "male"),
        record("Нурлан Абенов", "1971-01-09", "male"),
    ),
    "day and month changed about": (
        record("Rosa Dela Cruz", "1988-04-07", "female"),
        record("Rosa Dela Cruz", "1988-07-04", "female"),
    ),
    "the year alone is known": (
        record("Idris Bello", "1965-02-20", "male"),
        record("Idris Bello", "1965-07-01", "male", exact="f"),
    ),
    "moved, with a middle name more": (
        record("Maria Santos", "1993-12-05", "female"),
        record("Maria Clara Santos", "1993-12-05", "female", area=12),
    ),
    "born nobody knows when, the same telephone": (
        record("Selam Tesfaye", "", "female", contacts=["0911"]),
        record("Selam Tesfay", "", "female", contacts=["0911"]),
    ),
    "an initial for a name": (
        record("Juan Pedro Santos", "1984-11-02", "male"),
        record("J. P. Santos", "1984-11-02", "male"),
    ),
    "one name alone": (
        record("Suharto", "1961-06-08", "male"),
        record("Soeharto", "1961-06-08", "male"),
    ),
    "a name of one letter": (
        record("O", "1961-06-08", "male"),
        record("O", "1961-06-08", "male"),
    ),
    "with a title": (
        record("Dr. Amina Yusuf", "1990-03-14", "female"),
        record("Amina Yusuf", "1990-03-14", "female"),
    ),
    "in Ethiopic": (
        record("Selam Tesfaye", "1983-02-09", "female"),
        record("ሰላም ተስፋዬ", "1983-02-09", "female"),
    ),
    "in Bengali": (
        record("Mohammad Rahim", "1983-02-09", "male"),
        record("মোহাম্মদ রহিম", "1983-02-09", "male"),
    ),
    "in Burmese, both": (
        record("အောင်ဆန်း", "1983-02-09", "male"),
        record("အောင်ဆန်း", "1983-02-09", "male"),
    ),
    "born on the first of January, in one area": (
        record("Rosa Dela Cruz", "1988-01-01", "female"),
        record("Rosa Dela Cruz", "1988-01-01", "female"),
    ),
    "born on the first of January, and on a day of that year": (
        record("Rosa Dela Cruz", "1988-01-01", "female"),
        record("Rosa Dela Cruz", "1988-05-17", "female"),
    ),
    "one household, its head written otherwise, under one roof": (
        record("Juma Otieno", **HOME),
        record("Juma Otineo", **{**HOME, "lat": FIVE_METRES_NORTH}),
    ),
}
SINGLE: dict[str, Pair] = {
    "twins in one household": (
        record("Hassan Doro", "2011-05-05", "male", household=1),
        record("Hussein Doro", "2011-05-05", "male", household=1),
    ),
    "twins who moved apart": (
        record("Hassan Doro", "1991-05-05", "male"),
        record("Hussein Doro", "1991-05-05", "male"),
    ),
    "father and son of one name": (
        record("Omar Sharif", "1960-08-12", "male"),
        record("Omar Sharif", "1987-02-03", "male"),
    ),
    "sisters": (
        record("Aminata Diallo", "1995-09-09", "female"),
        record("Aissatou Diallo", "1997-01-21", "female"),
    ),
    "one name in two districts, one year": (
        record("Jose Garcia", "1980-07-01", "male", exact="f"),
        record("Jose Garcia", "1980-07-01", "male", exact="f", area=12),
    ),
    "one telephone of a whole street": (
        record("Ali Khan", "1975-03-03", "male", contacts=["0300"]),
        record("Bilal Raza", "1990-10-10", "male", contacts=["0300"]),
    ),
    "everybody born on the first of January": (
        record("Amina Yusuf", "1988-01-01", "female"),
        record("Halima Yusuf", "1988-01-01", "female"),
    ),
    "the first of January in two districts": (
        record("Jose Garcia", "1980-01-01", "male"),
        record("Jose Garcia", "1980-01-01", "male", area=12),
    ),
    "no name that could be read, and the telephone of a village": (
        record("...", "1988-04-02", "female", contacts=["0300"]),
        record("???", "1988-04-02", "female", contacts=["0300"]),
    ),
    "another initial": (
        record("Maria Santos", "1984-11-02", "male"),
        record("J. Santos", "1984-11-02", "male"),
    ),
    "born on one day": (
        record("Ngoc Tran", "2000-01-01", "female"),
        record("Linh Nguyen", "2000-01-01", "female"),
    ),
    "husband and wife under one roof": (
        record("Juma Otieno", "1970-01-05", "male", lon=121.7, lat=17.6),
        record("Akinyi Otieno", "1972-06-06", "female", lon=121.7, lat=17.6),
    ),
}


def proposed(*records: dict[str, Any], **asked: Any) -> set[tuple[int, int]]:
    """The pairs that are found, by their ids."""
    found, _blocks = alike(table(*records), None, **asked)
    return {
        (left, right)
        for left, right in zip(*(found[n].to_pylist() for n in ("left", "right")), strict=True)
    }


def ids(pair: Pair) -> tuple[int, int]:
    return pair[0]["id"], pair[1]["id"]


def test_a_telephone_of_a_whole_village_is_told_as_left_out_and_not_compared() -> None:
    village = [record(f"Name{n} Of{n}", "", "female", contacts=["0300"]) for n in range(301)]

    _found, blocks = alike(table(*village), None)

    (contact,) = [block for block in blocks if block.rule == "contact"]
    assert (contact.pairs, contact.dropped) == (0, 301)


@pytest.mark.parametrize("name", DOUBLE)
def test_a_double_is_found(name: str) -> None:
    assert proposed(*DOUBLE[name]) == {ids(DOUBLE[name])}


@pytest.mark.parametrize("name", SINGLE)
def test_what_only_looks_like_one_is_not_proposed(name: str) -> None:
    assert proposed(*SINGLE[name]) == set()
