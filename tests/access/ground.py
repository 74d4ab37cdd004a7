"""The rows of places, of areas that change, and of land."""

from app.auth.permissions import May as Roof
from geo.permissions import May as Geo
from registry.permissions import May as Registry
from tests.access.rows import COUNT_PEOPLE, NOTHING, PEOPLE, PLAIN, READ_PEOPLE, TILE, Row, needs

GETS: dict[str, Row] = {
    "area_changes.index": Row(needs(Geo.IMPORT_AREAS), PLAIN),
    "area_changes.show": Row(needs(Geo.IMPORT_AREAS), PLAIN, {"change_id": "change_id"}),
    "area_changes.working": Row(needs(Roof.CANCEL_JOBS), PLAIN, {"job_id": "staging_id"}),
    "api_area_changes.index": Row(needs(Geo.IMPORT_AREAS), PLAIN),
    "api_area_changes.show": Row(needs(Geo.IMPORT_AREAS), PLAIN, {"change_id": "change_id"}),
    "api_plots.index": Row(READ_PEOPLE, NOTHING, {"number": "number"}),
    "land.index": Row(READ_PEOPLE, PLAIN),
    "land.plot": Row(READ_PEOPLE, NOTHING, {"number": "plot"}),
    "land.tile": Row(COUNT_PEOPLE, NOTHING, TILE),
    "area_changes.areas": Row(
        needs(Geo.IMPORT_AREAS), NOTHING, {"change_id": "change_id", "kind": "file_kind"}
    ),
    "area_changes.moved": Row(
        needs(Geo.IMPORT_AREAS) | READ_PEOPLE, NOTHING, {"change_id": "change_id"}
    ),
    "corrections.index": Row(READ_PEOPLE),
    "parcels.new": Row(needs(Registry.WRITE_PLOTS), PLAIN),
    "parcels.taken": Row(needs(Roof.CANCEL_JOBS), PLAIN, {"job_id": "parcels_id"}),
    "places.health": Row(COUNT_PEOPLE, PLAIN),
    "places.listing": Row(READ_PEOPLE, PEOPLE, {"code": "doubt"}),
    "places.show": Row(READ_PEOPLE, PEOPLE, {"number": "number"}),
    "plots.index": Row(READ_PEOPLE, PEOPLE, {"number": "number"}),
}
POSTS: dict[str, Row] = {
    "api_area_changes.enforce": Row(needs(Geo.ENFORCE_AREAS), about={"change_id": "change_id"}),
    "api_area_changes.stage": Row(needs(Geo.IMPORT_AREAS)),
    "api_plots.draw": Row(needs(Registry.WRITE_PLOTS), about={"number": "number"}),
    "api_plots.end": Row(
        needs(Registry.WRITE_PLOTS), about={"number": "number", "plot_number": "plot"}
    ),
    "area_changes.drop": Row(needs(Geo.IMPORT_AREAS), about={"change_id": "change_id"}),
    "area_changes.enforce": Row(needs(Geo.ENFORCE_AREAS), about={"change_id": "change_id"}),
    "area_changes.stage": Row(needs(Geo.IMPORT_AREAS)),
    "corrections.undo": Row(needs(Registry.WRITE_PLACES), about={"correction_id": "registrant_id"}),
    "parcels.receive": Row(needs(Registry.WRITE_PLOTS)),
    "places.accept": Row(needs(Registry.ACCEPT_PLACES), about={"number": "number"}),
    "places.correct": Row(needs(Registry.ACCEPT_PLACES), about={"code": "doubt"}),
    "places.foreseen": Row(needs(Registry.ACCEPT_PLACES), about={"code": "doubt"}),
    "places.move": Row(needs(Registry.WRITE_PLACES), about={"number": "number"}),
    "plots.draw": Row(needs(Registry.WRITE_PLOTS), about={"number": "number"}),
    "plots.end": Row(needs(Registry.WRITE_PLOTS), about={"number": "number"}),
}
