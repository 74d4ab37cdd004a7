"""Icons are drawn into the page."""

import pytest

from app.web.icons import icon


def test_an_icon_is_inline_svg_that_a_screen_reader_skips() -> None:
    drawn = icon("plus")

    assert drawn == (
        '<svg class="i" viewBox="0 0 24 24" aria-hidden="true">'
        '<path d="M5 12h14"/><path d="M12 5v14"/></svg>'
    )


def test_an_icon_takes_a_size_class() -> None:
    assert 'class="i l"' in icon("plus", "i l")


def test_an_unknown_icon_is_a_mistake_of_the_page() -> None:
    with pytest.raises(KeyError):
        icon("no-such-icon")
