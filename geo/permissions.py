"""What may be done with places and hazards."""

from enum import StrEnum


class May(StrEnum):
    """Permissions of this floor, `noun:verb`."""

    READ_AREAS = "area:read"
    IMPORT_AREAS = "area:import"
    ENFORCE_AREAS = "area:enforce"
    READ_EVENTS = "event:read"
    WRITE_EVENTS = "event:write"
    READ_RELEASES = "release:read"
    UPLOAD_RELEASES = "release:upload"
    CONFIRM_RELEASES = "release:confirm"
    PUBLISH_RELEASES = "release:publish"
    LOAD_LAYERS = "layer:load"
    DERIVE_RELEASES = "release:derive"
    SELECT = "selection:ask"
    KEEP_SELECTIONS = "selection:keep"
    EXACT_LOCATIONS = "location:exact"
