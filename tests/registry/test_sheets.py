"""The parts of a situation map: what may be drawn, what fits, and what it brings along."""

import pytest

from registry.counting.cells import Cell, Counted, told
from registry.documents.contained import LoadsFromElsewhere, checked, faces
from registry.documents.locator import locator
from registry.documents.sheet import Outline
from registry.documents.sheet_names import names_that_fit

BOX = (0.0, 0.0, 4.0, 4.0)
COUNTRY = {"type": "Polygon", "coordinates": [[[0, 0], [0.8, 0], [0.8, 0.8], [0, 0.8], [0, 0]]]}


def _cell(n: int, inside: int = 0, lon: float = 0.0) -> Cell:
    return Cell(lon, 0.0, n, inside, 0)


def test_cells_of_fewer_than_five_are_told_with_their_neighbours_or_not_at_all() -> None:
    shown, left_out = told(
        [
            Counted(0, 0, _cell(4, 1, lon=0.0)),
            Counted(3, 3, _cell(2, 2, lon=3.0)),  # in the same four by four cells
            Counted(4, 0, _cell(3)),  # a neighbour, but in the next four
            Counted(9, 9, _cell(7)),
        ]
    )
    assert [(cell.n, cell.inside) for cell in shown] == [(7, 0), (6, 3)]
    assert shown[1].lon == pytest.approx(1.0)  # (4 x 0 + 2 x 3) / 6
    assert left_out == 3


def _area(name: str, lon: float, lat: float) -> Outline:
    return Outline(name, lon, lat, {"type": "Polygon", "coordinates": []})


def test_a_name_that_would_touch_another_is_left_out() -> None:
    areas = [_area("Aba", 1, 1), _area("Abe", 1.01, 1), _area("Abu", 1, 3)]
    assert [name.words for name in names_that_fit(areas, BOX)] == ["Aba", "Abu"]


def test_a_name_whose_middle_is_out_of_view_stands_in_the_part_that_is_seen() -> None:
    shape = {"type": "Polygon", "coordinates": [[[2, 1], [9, 1], [9, 3], [2, 3], [2, 1]]]}
    unseen = {"type": "Polygon", "coordinates": [[[5, 1], [9, 1], [9, 3], [5, 3], [5, 1]]]}
    areas = [Outline("Aba", 5.5, 2.0, shape), Outline("Abe", 7.0, 2.0, unseen)]
    [name] = names_that_fit(areas, BOX)
    assert (name.words, name.lon, name.lat) == ("Aba", 3.0, 2.0)  # of 2 to 4 degrees east


def test_names_that_fit_on_a_desk_alone_are_marked() -> None:
    areas = [_area("Lower Oru", 1, 1), _area("Upper Oru", 1.6, 1)]  # 45 px apart on a phone
    fitting = {name.words: name.everywhere for name in names_that_fit(areas, BOX)}
    assert fitting == {"Lower Oru": True, "Upper Oru": False}


def test_the_small_map_shows_where_the_large_one_lies() -> None:
    drawn = locator([COUNTRY], (0.2, 0.6, 0.4, 0.8))  # a quarter of each side, in the north west
    assert 'd="M0 100L100 100L100 0L0 0L0 100Z"' in drawn
    left, top = (float(drawn.split(f'{name}="')[-1].split('"')[0]) for name in ("x", "y"))
    assert (left, top) == pytest.approx((25, 0), abs=0.5)


def test_a_map_of_nearly_the_whole_country_needs_no_small_one() -> None:
    assert locator([COUNTRY], (0, 0, 0.6, 0.6)) == ""
    assert locator([], BOX) == ""


def test_a_page_brings_the_typefaces_of_its_letters_alone() -> None:
    assert faces("Oru").count("@font-face") == 1
    assert faces("Oru, Ďoru").count("@font-face") == 2
    assert '"Noto Sans Arabic"' in faces("أورو")


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://x.example/a.js"></script>',
        '<link rel="stylesheet" href="//x.example/a.css">',
        "<style>p { background: url(http://x.example/a.png) }</style>",
        "<style>@import 'a.css';</style>",
        '<p style="background: url(a.png)">',
        '<img src="a.png">',
    ],
)
def test_a_page_that_would_ask_elsewhere_is_not_made(page: str) -> None:
    with pytest.raises(LoadsFromElsewhere):
        checked(page)


def test_a_page_may_hold_pictures_and_name_addresses() -> None:
    page = '<img src="data:image/png;base64,AA"><a href="https://x.example">x</a><script>"src="</script>'
    assert checked(page) == page
