"""A request, start to end: open the transaction, ask who is there, call the view once."""

import hashlib
import json
import uuid
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, Response, g, request
from flask_wtf import CSRFProtect
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.acts import Act
from app.auth.door import API, admit, require_confirmed
from app.auth.purposes import require_purpose
from core.actor import NOBODY, Actor
from core.db import stand, transaction
from core.errors import Invalid
from core.storage import kept_if_done
from core.words import speaking

V = TypeVar("V", bound=Callable[..., object])

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
KEYS = frozenset({"act_key", "csrf_token"})
LONGEST_ANSWER = 65_536

csrf = CSRFProtect()


class ActKeyMissing(Invalid):
    """This form came without its key; reload the page and send it again."""


class CallKeyMissing(Invalid):
    """Send the header Act-Key with a UUID of this call's own: sent twice with the same, it counts
    once."""


class AddressUnreadable(Invalid):
    """The address holds a character that no text has (NUL); look at it, and ask again."""


class Platform(Flask):
    """A Flask whose every request is one transaction, one actor's, and one act at most."""

    def dispatch_request(self) -> Response:
        """A view that returns commits; a view that raises rolls back."""
        with kept_if_done(), transaction() as g.session:
            g.actor, g.language = admit(g.session)
            stand(g.session, g.actor)
            with speaking(g.language):
                _refuse_nul()
                if self._marked("confirmed"):
                    require_confirmed()
                require_purpose()
                if not (request.method in SAFE or "by_key" in g or self._marked("signed")):
                    csrf.protect()
                if request.method in SAFE or self._marked("asks"):
                    return self.make_response(super().dispatch_request())
                return self._once()

    def _marked(self, mark: str) -> bool:
        view = self.view_functions.get(request.endpoint or "")
        return getattr(view, mark, False)

    def _once(self) -> Response:
        """Do the act, or give again the answer its key was given before."""
        act = _begun()
        if act.status is not None:
            headers = {"Location": act.location} if act.location else {}
            kind = "application/json" if request.path.startswith(API) else None
            return Response(act.body or "", act.status, headers, mimetype=kind)
        response = self.make_response(super().dispatch_request())
        act.status, act.location = response.status_code, response.headers.get("Location")
        if not response.is_streamed and (response.content_length or 0) <= LONGEST_ANSWER:
            act.body = response.get_data(as_text=True)
        return response


def _refuse_nul() -> None:
    """Refuse what the database could not even be asked about."""
    if any("\0" in part for part in (request.path, *request.args.keys(), *request.args.values())):
        raise AddressUnreadable


def _begun() -> Act:
    """The act of this request's key. A second sender waits here until the first has answered."""
    row = {"actor_id": actor().id, "key": _key()}
    db().execute(insert(Act).values(row).on_conflict_do_nothing())
    return db().scalars(select(Act).filter_by(**row)).one()


def _key() -> uuid.UUID:
    """The key sent along, for what was sent: a form changed on the way back is another act."""
    sent = request.form.get("act_key") or request.headers.get("Act-Key", "")
    try:
        return uuid.uuid5(uuid.UUID(sent), _sent())
    except ValueError:
        raise (CallKeyMissing if "by_key" in g else ActKeyMissing) from None


def _sent() -> str:
    """Where a request goes and what it says; of files, what is in them."""
    fields = [field for field in request.form.items(multi=True) if field[0] not in KEYS]
    files = [(name, file.filename, _digest(file)) for name, file in request.files.items(multi=True)]
    said = request.get_data(as_text=True) if request.is_json else ""
    return json.dumps([request.full_path, fields, files, said])


def _digest(file: FileStorage) -> str:
    digest = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
    file.stream.seek(0)
    return digest


def asks(view: V) -> V:
    """Mark a POST view that only asks: it changes nothing, so it needs no act key."""
    view.asks = True  # type: ignore[attr-defined]
    return view


def counts_itself(view: V) -> V:
    """Mark a POST view that tells what is sent twice by a number of its own: it needs no key."""
    view.asks = True  # type: ignore[attr-defined]
    return view


def signed(view: V) -> V:
    """Mark a POST view whose caller signs what it sends, as no browser does."""
    view.signed = True  # type: ignore[attr-defined]
    return view


def confirmed(view: V) -> V:
    """Mark a view that is only for who proved lately to be there themselves, as money acts are."""
    view.confirmed = True  # type: ignore[attr-defined]
    return view


def db() -> Session:
    """The request's session."""
    session: Session = g.session
    return session


def actor() -> Actor:
    """The one who asks."""
    who: Actor = g.get("actor", NOBODY)
    return who
