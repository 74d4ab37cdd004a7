"""A small site that shows the shared templates and behaviours without the platform.

For tests and for eyes: `python -m tests.front.demo` serves it. Every page has the content security
policy of the platform; tiles, search and answers come from tests.front.cagayan.
"""

import secrets
from types import SimpleNamespace
from typing import Any

from babel.numbers import format_decimal
from flask import Blueprint, Flask, Response, g, jsonify, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined

from app.web.icons import icon
from core.words import _, counted
from tests.front import cagayan
from tests.places import ROOT

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "style-src-attr 'unsafe-inline'; worker-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "object-src 'none'; form-action 'self'"
)
NAVIGATION = ["Situation", "Hazards", "Select", "Programs", "Registry", "Areas", "Admin"]
ANSWERS = SimpleNamespace(
    asked=48_212,
    unshown=0,
    in_=14_903,
    probable=3_523,
    expected=2_260.4,
    out=21_037,
    not_observed=6_118,
    unlocated=2_631,
    apart=None,
)
DEPTHS = [(i / 8, (i + 1) / 8, n, f"--h{1 + (i > 3) + (i > 7) + (i > 15)}") for i, n in enumerate([
    54, 71, 78, 80, 71, 60, 61, 52, 52, 42, 41, 30, 29, 21, 21, 15, 15, 10, 10, 6, 6, 4, 4, 2,
])]  # fmt: skip
MAP = {
    "bounds": [121.2, 16.9, 122.3, 18.6],
    "levels": [
        {"level": 2, "name": "Provinces"},
        {"level": 3, "name": "Municipalities"},
        {"level": 4, "name": "Barangays"},
    ],
    "release": {
        "id": 3,
        "kind": "vector",
        "at_least": 0.5,
        "ramp": [[0.1, "--h1"], [0.5, "--h2"], [1, "--h3"], [2, "--h4"]],
    },
    "households": {"release": 3, "at_least": 0.5, "look": "status"},
}
PYRAMID = [
    ("0-4", 6174, 6312),
    ("5-17", 15728, 16399),
    ("18-59", 19262, 18163),
    ("60 +", 3056, 2846),
]


def create_demo() -> Flask:
    """The site, ready to serve."""
    site = Flask(__name__, static_folder=ROOT / "static")
    pages = [ROOT / "templates", ROOT / "tests" / "front" / "pages"]
    site.jinja_loader = ChoiceLoader([FileSystemLoader(folder) for folder in pages])
    site.jinja_env.undefined = StrictUndefined
    site.jinja_env.trim_blocks = site.jinja_env.lstrip_blocks = True
    site.jinja_env.globals.update(
        may=lambda _permission: True,
        brand=lambda: {"name": "Highground", "logo": None, "sheet": None},
        _=_,
        counted=counted,
        icon=icon,
        csrf_token=lambda: "token",
        act_key=lambda: "act",
    )
    site.jinja_env.filters.update(
        figure=lambda n: format_decimal(n, locale="en"), percent=lambda x: f"{100 * x:.1f} %"
    )
    site.secret_key = "only for tests"
    site.before_request(_new_nonce)
    site.context_processor(_frame)
    site.after_request(_guard)
    site.add_url_rule("/<page>", view_func=_page)
    site.register_blueprint(answers_bp)
    return site


answers_bp = Blueprint("demo", __name__)
LOG: list[dict[str, Any]] = []  # every question asked, for the tests
DRAFTS: list[dict[str, Any]] = []


def _tile(body: bytes) -> Response:
    return Response(body, mimetype="application/vnd.mapbox-vector-tile")


@answers_bp.get("/tiles/areas/<int:level>/<int:z>/<int:x>/<int:y>.mvt")
def area_tile(level: int, z: int, x: int, y: int) -> Response:
    return _tile(cagayan.area_tile(level, z, x, y))


@answers_bp.get("/tiles/releases/<int:_release>/<int:z>/<int:x>/<int:y>.mvt")
def release_tile(_release: int, z: int, x: int, y: int) -> Response:
    return _tile(cagayan.release_tile(z, x, y))


@answers_bp.get("/tiles/households/<int:z>/<int:x>/<int:y>.mvt")
def household_tile(z: int, x: int, y: int) -> Response:
    return _tile(cagayan.household_tile(z, x, y, float(request.args.get("at_least", 0.5))))


@answers_bp.get("/areas/search")
def search() -> Response:
    return jsonify(cagayan.search(request.args.get("q", "")))


@answers_bp.post("/selections/answer")
def answer() -> str:
    asked = request.get_json()
    LOG.append(asked)
    return render_template("_answer.html", rows=cagayan.answer(asked), asked=asked)


@answers_bp.post("/selections/drafts")
def keep_draft() -> Response:
    DRAFTS.append(request.get_json()["shapes"])
    return jsonify({"code": f"D{len(DRAFTS)}"})


@answers_bp.get("/selections/drafts/<code>")
def draft(code: str) -> Response:
    return jsonify(DRAFTS[int(code[1:]) - 1])


@answers_bp.post("/selections/shapes")
def shapes() -> Response:
    return Response(request.files["file"].read(), mimetype="application/geo+json")


def _new_nonce() -> None:
    g.nonce = secrets.token_urlsafe(16)


def _frame() -> dict[str, Any]:
    here = request.args.get("here", "Select")
    return {
        "lang": request.args.get("lang", "en"),
        "dir": request.args.get("dir", "ltr"),
        "nonce": g.nonce,
        "purpose": None,
        "navigation": [
            {"label": n, "href": f"/{n.lower()}", "current": n == here} for n in NAVIGATION
        ],
        "person": {"name": "Lena Marr", "role": "Coordinator, Lower Oru", "initials": "LM"},
        "languages": [
            {"tag": "en", "name": "English", "current": True},
            {"tag": "ar", "name": "العربية", "current": False},
        ],
        "jobs_running": 1,
        "answers": ANSWERS,
        "pyramid_rows": PYRAMID,
        "bins": DEPTHS,
        "map_settings": MAP,
    }


def _guard(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY.format(nonce=g.nonce)
    return response


def _page(page: str) -> str:
    return render_template(f"{page}.html")


if __name__ == "__main__":
    create_demo().run(port=8765)
