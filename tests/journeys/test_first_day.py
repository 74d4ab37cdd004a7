"""The first day: from the first administrator's link, by browser alone."""

from tests.journeys.conftest import People
from tests.running import Platform


def test_the_first_link_makes_an_administrator_who_invites_the_others(
    platform: Platform, people: People
) -> None:
    administrator = people("Ines Aro")
    administrator.go(platform.command("users", "first-link"))
    administrator.finds_it_accessible()
    words = "four plain words here"
    administrator.fill(
        name="Ines Aro", email="ines@example.org", password=words, password_again=words
    )
    administrator.click("Start")
    administrator.sees("Welcome, Ines Aro")
