"""The ways in for programs: OGC API for maps made elsewhere, hazard files and the work on them,
households and people, programs, imports, changes, duplicates, filters, all described by one OpenAPI
document."""

from flask import Flask
from flask_smorest import Api

from app.api import (
    area_changes,
    callbacks,
    changes,
    duplicates,
    features,
    fields,
    filters,
    hazards,
    imports,
    jobs,
    openrosa,
    plots,
    programs,
    registrants,
    targeting,
    tilesets,
)

TITLE, VERSION, OPENAPI = "Highground", "1.0", "3.0.3"


class Described(Api):  # type: ignore[misc]
    """The routes and their description; what goes wrong is told as everywhere (app.errors)."""

    def _register_error_handlers(self) -> None:
        """None of its own."""


def init_app(app: Flask) -> None:
    """Open the ways in, and describe them."""
    told = {
        "security": [{"key": []}, {"basic": []}],
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            }
        },
    }
    said = {"title": TITLE, "version": VERSION, "openapi_version": OPENAPI, **told}
    api = Described(app, spec_kwargs=said)
    for blueprint in (
        area_changes.bp,
        changes.bp,
        duplicates.bp,
        features.bp,
        tilesets.bp,
        hazards.bp,
        filters.bp,
        fields.bp,
        registrants.bp,
        imports.bp,
        plots.bp,
        programs.bp,
        targeting.bp,
        jobs.bp,
    ):
        api.register_blueprint(blueprint)
    app.register_blueprint(openrosa.bp)
    app.register_blueprint(callbacks.bp)
