"""The bar over every page says which room one is in."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app.auth.roles import Role
from tests.web.conftest import Browser


@pytest.mark.parametrize(
    ("address", "room"),
    [
        ("/programs/", "Programs"),
        ("/cycles/new", "Programs"),
        ("/cycles/99", "Programs"),
        ("/approvals/99", "Programs"),
        ("/service-points/", "Programs"),
        ("/rosters/", "Select"),
        ("/registry/imports/", "Registry"),
        ("/redeem/", "Hand over"),
        ("/organisations/", "Administration"),
        ("/admin/users/", "Administration"),
        ("/", "Situation"),
        ("/me", None),
    ],
)
def test_the_room_of_a_page_is_marked(
    signed_in: Callable[..., Browser], address: str, room: str | None
) -> None:
    page = BeautifulSoup(signed_in(*Role).get(address).text, "html.parser")

    current = [link.get_text() for link in page.select(".nav [aria-current=page]")]

    assert current == ([room] if room else [])


def test_a_bug_is_answered_by_a_page_of_ours(
    web: Flask, signed_in: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(web.config, "PROPAGATE_EXCEPTIONS", False)  # as in earnest

    page = signed_in(Role.ADMINISTRATOR).act(
        "/admin/users/", name="Oto", email="o@example.org", role="no such role"
    )

    assert page.status_code == 500
    assert "The platform stumbled over this" in page.text
    assert "Nothing was changed" in page.text
    assert "no such role" not in page.text
