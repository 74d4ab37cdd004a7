"""What the frame round every page is told: language, navigation, person, running jobs."""

import uuid
from typing import Any

from flask import Flask, g, request
from jinja2 import StrictUndefined

from app.auth import purposes
from app.auth.permissions import May as Roof
from app.auth.roles import role_name
from app.headers import nonce
from app.request import actor
from app.telling.acts import act_said, page_said, subject_said
from app.telling.names import figure_name
from app.web.brand import brand
from app.web.icons import icon
from app.web.labels import languages_read
from core import words
from core.clock import day_said, moment_said
from core.country import country
from core.jobs import JobState, works
from core.money import currencies_to_choose
from core.words import _, counted
from geo import reason_words, release_words
from geo.permissions import May as Geo
from programs.permissions import May as Programs
from registry.counting.people import old_said, young_said
from registry.permissions import May as Registry
from registry.queries.answers import fewest
from registry.queries.vocabularies import offered
from registry.services.places import coarse_from

ELSEWHERE = {  # where pages belong whose address begins with another noun
    "/cycles": "/programs",
    "/approvals": "/programs",
    "/payments": "/programs",
    "/reconciliations": "/programs",
    "/reports": "/programs",
    "/messages": "/programs",
    "/verifications": "/programs",
    "/service-points": "/programs",
    "/rosters": "/select",
    "/selections": "/select",
    "/filters": "/select",
    "/plots": "/registry",
    "/changes": "/registry",
    "/layers": "/hazards",
    "/organisations": "/admin",
    "/fsps": "/admin",
    "/vocabularies": "/admin",
}


def init_app(app: Flask) -> None:
    """Give every template its frame, its filters and its words."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(
        coarse_from=coarse_from,
        _=_,
        counted=counted,
        icon=icon,
        act_key=_act_key,
        fewest=fewest,
        currencies=currencies_to_choose,
        brand=brand,
        document_mb=lambda: country().document_mb,
        young_said=young_said,
        old_said=old_said,
        release_words=release_words,
        reason_words=reason_words,
    )
    app.jinja_env.filters.update(
        figure=words.figure_said,
        offered=offered,
        tenths=words.tenths_said,
        told=words.told,
        hundredths=words.hundredths_said,
        percent=words.percent_said,
        day=day_said,
        moment=moment_said,
        role_name=role_name,
        job_state=job_state,
        work_name=work_name,
        act_said=act_said,
        subject_said=subject_said,
        page_said=page_said,
        figure_name=figure_name,
    )
    app.context_processor(_frame)


def job_state(state: JobState) -> str:
    """What a job's state is called."""
    return {
        JobState.WAITING: _("waiting"),
        JobState.RUNNING: _("running"),
        JobState.DONE: _("done"),
        JobState.FAILED: _("failed"),
        JobState.CANCELLED: _("stopped"),
    }[state]


def work_name(work: str) -> str:
    """What a kind of work is called: the first line of its function's docstring."""
    said = (works[work].__doc__ or work).strip() if work in works else work
    return _(said.splitlines()[0].rstrip("."))


def _act_key() -> str:
    return str(uuid.uuid4())


def _frame() -> dict[str, Any]:
    language = g.get("language", words.ENGLISH)
    return {
        "lang": language.tag,
        "dir": language.direction,
        "nonce": nonce(),
        "navigation": _navigation(),
        "person": _person(),
        "languages": _languages(language),
        "jobs_running": g.get("jobs_running", 0),
        "may": actor().may,
        "purpose": purposes.stated() if purposes.is_asked_for(request.endpoint) else None,
    }


def _navigation() -> list[dict[str, Any]]:
    rooms = [
        ("/", _("Situation"), Geo.READ_EVENTS),
        ("/hazards", _("Hazards"), Geo.READ_RELEASES),
        ("/select", _("Select"), Geo.SELECT),
        ("/programs", _("Programs"), Programs.READ_PROGRAMS),
        ("/registry", _("Registry"), Registry.COUNT_REGISTRANTS),
        ("/redeem", _("Hand over"), Programs.REDEEM_VOUCHERS),
        ("/areas", _("Areas"), Geo.READ_AREAS),
        ("/admin", _("Administration"), Roof.WRITE_USERS),
    ]
    return [
        {"href": href, "label": label, "current": _room() == href}
        for href, label, permission in rooms
        if actor().may(permission)
    ]


def _room() -> str:
    """The room a page belongs to; what no room of the bar has of its own is another's."""
    first = "/" + request.path.split("/")[1]
    return ELSEWHERE.get(first, first)


def _person() -> dict[str, str] | None:
    if not actor().id:
        return None
    initials = "".join(name[0] for name in actor().name.split()[:2]).upper()
    roles = ", ".join(role_name(role) for role in g.get("roles", ()))
    return {"name": actor().name, "role": roles, "initials": initials}


def _languages(spoken: words.Language) -> list[dict[str, Any]]:
    return [
        {"tag": tag, "name": name, "current": tag == spoken.tag} for tag, name in languages_read()
    ]
