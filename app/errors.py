"""One place where a refusal becomes a page, a fragment, or a problem document for a machine."""

from urllib.parse import urlsplit

from flask import Flask, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    RequestEntityTooLarge,
)
from werkzeug.exceptions import NotFound as NoSuchPage

from app.auth.door import API, CodeFirst, ConfirmFirst, SetUpFirst, SignInFirst
from app.auth.purposes import PurposeFirst
from app.limits import too_often
from core.errors import Invalid, NotFound, Refusal
from core.settings import settings
from core.storage import FileTooLarge
from core.words import ENGLISH, speaking


class PageStale(Invalid):
    """The page was open too long or in two windows; reload it and send the form again."""


class PageMissing(NotFound):
    """There is no page at this address; look at the address, or start from the situation."""


LEADS_TO: dict[type[Refusal], str] = {  # the page on which what was missing can be given
    SignInFirst: "sign_in.ask",
    CodeFirst: "sign_in.code",
    SetUpFirst: "second_factor.show",
    ConfirmFirst: "account.confirm",
    PurposeFirst: "purposes.ask",
}


def init_app(app: Flask) -> None:
    """Answer every refusal, and the web's own errors that have a sentence of ours."""
    app.register_error_handler(Refusal, refuse)
    app.register_error_handler(CSRFError, lambda _: refuse(PageStale()))
    app.register_error_handler(RateLimitExceeded, lambda _: refuse(too_often()))
    app.register_error_handler(NoSuchPage, lambda _: refuse(PageMissing()))
    app.register_error_handler(MethodNotAllowed, lambda _: refuse(PageMissing()))
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(InternalServerError, _stumbled)


def refuse(error: Refusal) -> ResponseReturnValue:
    """The refusal in the form, and the language, its asker can read."""
    with speaking(g.get("language", ENGLISH)):
        return _answer(error)


def _answer(error: Refusal) -> ResponseReturnValue:
    if request.path.startswith(API):
        return _problem(error)
    if request.headers.get("HX-Request") or "json" in request.headers.get("Accept", ""):
        return render_template("_refusal.html", refusal=error), error.status
    page = LEADS_TO.get(type(error))
    if page and (request.method == "GET" or isinstance(error, ConfirmFirst | PurposeFirst)):
        return redirect(url_for(page, next=_here()), 303)
    return render_template("refusal.html", refusal=error), error.status


def _problem(error: Refusal) -> ResponseReturnValue:
    """A problem document (RFC 9457). What an address asks and cannot mean is a bad request."""
    asked_badly = request.method == "GET" and isinstance(error, Invalid)
    status = 400 if asked_badly else error.status
    problem = {"type": error.code, "title": error.message, "status": status}
    headers = {"Content-Type": "application/problem+json"}
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Highground", charset="UTF-8"'
    return jsonify(problem), status, headers


def _here() -> str:
    """The page to come back to: this one, or the one a form was sent from."""
    asked = request.method == "GET" or not request.referrer
    parts = urlsplit(request.full_path.rstrip("?") if asked else request.referrer)
    return parts._replace(scheme="", netloc="").geturl()


def _too_large(_error: HTTPException) -> ResponseReturnValue:
    return refuse(FileTooLarge(limit=settings().upload_mb))


def _stumbled(_error: HTTPException) -> ResponseReturnValue:
    """A bug is no refusal: its page says so, and the log has the rest."""
    with speaking(g.get("language", ENGLISH)):
        return render_template("stumbled.html"), 500
