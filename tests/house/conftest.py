"""The house tests use the web's fixtures."""

from tests.web.conftest import browser, signed_in, web  # noqa: F401
