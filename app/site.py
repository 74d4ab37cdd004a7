"""The site: puts the parts of the web together on top of the floors."""

import hashlib
from pathlib import Path

from flask import Flask
from flask_compress import Compress

from app import api, errors, frame, headers, limits
from app.request import Platform, csrf
from app.web import BLUEPRINTS
from app.worker import load_works
from core.settings import ROOT, settings

STATIC = ROOT / "static"


def create_app() -> Flask:
    """The web application; the database must have been connected (core.db.connect)."""
    app = Platform(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(STATIC),
        static_url_path=f"/static/{_version_of(STATIC)}",
    )
    app.config.update(
        SECRET_KEY=settings().secret_key,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings().base_url.startswith("https:"),
        SEND_FILE_MAX_AGE_DEFAULT=31536000,  # its address changes with what is in it
        MAX_CONTENT_LENGTH=int(settings().upload_mb) << 20,
        MAX_FORM_MEMORY_SIZE=8 << 20,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,  # Platform asks for it once it knows who is there
        COMPRESS_MIMETYPES=[
            "text/html",
            "text/css",
            "text/javascript",
            "application/json",
            "image/svg+xml",
            "application/vnd.mapbox-vector-tile",
        ],
    )
    csrf.init_app(app)
    Compress(app)
    for part in (errors, frame, headers, limits):
        part.init_app(app)
    load_works()
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    api.init_app(app)
    return app


def _version_of(folder: Path) -> str:
    """A short digest of all files in a folder, so that browsers may keep them for ever."""
    digest = hashlib.sha256()
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(file.relative_to(folder).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
