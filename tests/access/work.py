"""Work put off: what asking for it needs, and which tables tell of somebody."""

from geo.permissions import May as Geo
from programs.permissions import May as Programs
from registry.permissions import May as Registry
from tests.access import after_paying
from tests.access.payments import PAYMENT_JOBS
from tests.access.rows import (
    CONTEXT,
    FILE,
    FLOODED,
    IMPORT,
    IMPORTS,
    PEOPLE,
    PLAIN,
    PROGRAM,
    RELEASE,
    SCORES,
    TRAIL,
    Row,
    needs,
)

JOBS: dict[str, Row] = {
    **after_paying.JOBS,
    **PAYMENT_JOBS,
    "app.trail.verify_trail": Row(TRAIL),
    "geo.jobs.area_changes.enforce_boundaries": Row(
        needs(Geo.ENFORCE_AREAS), about={"change_id": "change_id"}
    ),
    "geo.jobs.area_changes.stage_boundaries": Row(
        needs(Geo.IMPORT_AREAS), about=FILE | {"name": "kind"}
    ),
    "geo.jobs.areas.import_boundaries": Row(needs(Geo.IMPORT_AREAS), about=FILE | {"name": "kind"}),
    "geo.jobs.context.load_layer": Row(needs(Geo.LOAD_LAYERS), about=CONTEXT),
    "geo.jobs.context.measure_context": Row(needs(Geo.READ_RELEASES), about=RELEASE),
    "geo.jobs.context.read_layer": Row(needs(Geo.LOAD_LAYERS), about=CONTEXT),
    "geo.jobs.composites.compose": Row(needs(Geo.DERIVE_RELEASES), about=RELEASE),
    "geo.jobs.exposure.sample_due": Row(),
    "geo.jobs.plots.measure_plots": Row(),
    "geo.jobs.fetches.fetch_release": Row(
        needs(Geo.UPLOAD_RELEASES), about={"event_id": "event_id", "url": "kind"}
    ),
    "geo.jobs.release_outlines.outline_release": Row(about=RELEASE),
    "geo.jobs.releases.look_over": Row(needs(Geo.CONFIRM_RELEASES), about=RELEASE),
    "geo.jobs.releases.publish": Row(needs(Geo.PUBLISH_RELEASES), about=RELEASE),
    "geo.jobs.stumbles.refuse_stumbled": Row(),
    "geo.jobs.releases.read_release": Row(needs(Geo.UPLOAD_RELEASES), about=RELEASE),
    "programs.jobs.duplicates.look_for_duplicates_in": Row(
        needs(Registry.DECIDE_DUPLICATES), about=PROGRAM
    ),
    "programs.jobs.expiry.expire_cycle": Row(
        needs(Programs.PREPARE_CYCLES), about={"cycle_id": "cycle_id"}
    ),
    "programs.jobs.payments.write_payment_list": Row(
        needs(Programs.EXPORT_PAYMENTS), PEOPLE, {"batch_id": "batch_id"}
    ),
    "programs.jobs.recurrences.draft_due_cycle": Row(needs(Programs.PREPARE_CYCLES), about=PROGRAM),
    "programs.jobs.retention.keep_to_rules": Row(),
    "programs.jobs.service_points.import_service_points": Row(
        needs(Programs.WRITE_SERVICE_POINTS), about=FILE
    ),
    "programs.jobs.vouchers.print_cards": Row(
        needs(Programs.ISSUE_VOUCHERS), PEOPLE, {"cycle_id": "given_id"}
    ),
    "registry.jobs.duplicates.look_for_duplicates": Row(needs(Registry.DECIDE_DUPLICATES)),
    "registry.jobs.scores.compare_scores": Row(
        SCORES, about={"code": "score", "before": "version", "after": "version"}
    ),
    "registry.jobs.scores.keep_score_up": Row(),
    "registry.jobs.scores.reckon_score": Row(
        needs(Registry.ACTIVATE_SCORES), about={"model_id": "model_id"}
    ),
    "registry.jobs.household_cells.count_households": Row(about=RELEASE),
    "registry.jobs.household_cells.recount_households": Row(),
    "programs.jobs.imports.forget_befores": Row(),
    "programs.jobs.imports.undo_import": Row(needs(Registry.UNDO_IMPORTS), about=IMPORT),
    "registry.jobs.identifiers.expire_identifiers": Row(),
    "registry.jobs.imports.check_import": Row(IMPORTS, about=IMPORT),
    "registry.jobs.imports.compare_import": Row(IMPORTS, about=IMPORT),
    "registry.jobs.imports.correct_import": Row(IMPORTS, about=IMPORT | FILE | {"name": "kind"}),
    "registry.jobs.imports.merge_import": Row(needs(Registry.MERGE_IMPORTS), about=IMPORT),
    "registry.jobs.names.read_names": Row(),
    "registry.jobs.parcels.take_parcels": Row(
        needs(Registry.WRITE_PLOTS), about=FILE | {"name": "kind"}
    ),
    "registry.jobs.places.look_over_places": Row(),
    "registry.jobs.situation_maps.make_situation_map": Row(
        needs(Registry.MAKE_SITUATION_MAPS), PLAIN, FLOODED
    ),
}
"""Work put off: what asking for it needs, what it is about, and whether it writes of people."""

OF_PEOPLE = frozenset(
    {
        *("place_checks", "place_moves", "plots", "holdings"),
        *("moved_registrants", "corrected_places"),
        *("registrants", "groups", "individuals", "memberships", "identifiers", "locations"),
        *("former_places", "roster_members", "import_rows", "import_befores"),
        *("import_cells", "import_matches"),
        *("program_memberships", "cycle_members", "entitlements", "vouchers", "redemptions"),
        *("payments", "field_changes", "reconciliation_rows", "verification_samples", "messages"),
        *("payment_events", "left_unpaid", "targeting_list_members", "targeting_changes"),
        "approval_lines",
        *("relationships", "contacts", "accounts", "registrant_tags", "documents"),
        *("visits", "visit_answers", "consents"),
        *("group_fields", "individual_fields", "scores"),
        *("submissions", "submission_files"),
        *("change_requests", "change_lines", "change_answers", "change_documents"),
        *("duplicate_pairs", "merges", "merge_befores"),
    }
)
"""Tables whose rows tell of somebody: the database itself hides them from who may not see them."""
OF_NOBODY = frozenset(
    {
        "payment_plans",  # of an area perhaps, of nobody
        *("place_corrections", "area_successors", "place_counts", "stale_places"),
        *("area_outlines", "area_parts", "area_exposure", "selection_areas", "role_grants"),
        *("service_points", "exposure", "exposure_due", "context_features", "context_figures"),
    }
)
"""Tables with an area or a place that tell of nobody."""
