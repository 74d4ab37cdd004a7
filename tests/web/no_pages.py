"""Addresses that are no pages on their own: files, and parts of pages."""

NO_PAGES = frozenset(  # what pages ask for, and files: nobody looks at them on their own
    {
        "static",
        "health.show",
        "brand.logo",
        "brand.sheet",
        *(f"ogc.{part}" for part in ("landing", "conformance", "description", "collections")),
        *(f"ogc.{part}" for part in ("collection", "queryables", "items", "item")),
        *(f"ogc_tiles.{part}" for part in ("schemes", "scheme", "tilesets", "tileset")),
        *(f"ogc_tiles.{part}" for part in ("tilejson", "tile")),
        *("api_fields.index", "api_filters.kept"),
        *("api_duplicates.index", "api_duplicates.show"),
        "api_area_changes.index",
        "api_area_changes.show",
        *(f"api_{noun}.show" for noun in ("changes", "hazards", "imports", "jobs", "registrants")),
        "differences.table",
        "hazard_files.picture",
        "hazard_files.value",
        "previews.show",
        "records.document",
        *(f"exports.{table}" for table in ("asked", "kept", "areas_hit", "shapes", "registered")),
        "area_changes.areas",
        "area_changes.moved",
        "api_plots.index",
        "land.plot",
        "land.tile",
        "tiles.areas",
        "tiles.layer_cells",
        "tiles.layer_shapes",
        "tiles.release_cells",
        "tiles.release_shapes",
        "tiles.release_water",
        "household_tiles.tile",
        "selections.areas",
        "selections.draft_kept",
        "public_requests.received",
        "changes.document",
        "consents.receipt_pdf",
        "changes.edit",  # the form of changes.new, for its maker alone
        *(f"openrosa.{part}" for part in ("form", "forms", "look", "manifest")),
        "rosters.download",
        "situation_maps.file",
        "imports.failed",
        "imports.headings",
        "cycles.file",
        "audit.csv",
        "audit.lines",
    }
)
FRAGMENTS = frozenset(
    {"cycles.look_again", "import_mapping.reading", "imports.depending_on", "jobs.show"}
)
