"""What the platform does of its own accord, as work of its own that anybody can follow."""

from sqlalchemy.orm import Session

from core import jobs
from core.actor import PLATFORM
from core.clock import today
from core.db import stand, transaction
from core.seals import BATCH, seal
from geo.jobs.exposure import sample_due
from geo.jobs.plots import measure_plots
from geo.jobs.release_outlines import put_off_outlining
from geo.jobs.stumbles import refuse_stumbled
from geo.queries.exposure import anything_due
from geo.queries.plots import anything_unmeasured
from geo.queries.release_outlines import unoutlined
from geo.queries.stumbles import anything_stumbled
from programs.jobs.expiry import expire_cycle
from programs.jobs.imports import forget_befores
from programs.jobs.recurrences import draft_due_cycle
from programs.jobs.retention import keep_to_rules
from programs.jobs.sending import ask_provider
from programs.queries.expiry import cycles_over
from programs.queries.imports import befores_over
from programs.queries.retention import rules_to_keep
from programs.services.asking import look_for_unanswered
from programs.services.recurrences import look_for_due
from registry.jobs.household_cells import count_households, recount_households
from registry.jobs.identifiers import expire_identifiers
from registry.jobs.names import read_names
from registry.jobs.places import look_over_places
from registry.jobs.scores import keep_score_up
from registry.queries.household_cells import uncounted
from registry.queries.identifiers import anything_expired
from registry.queries.names import anything_unread
from registry.queries.place_looks import look_due
from registry.queries.scores_due import scores_due
from registry.queries.stale_cells import anything_stale


def keep_up(session: Session) -> None:
    """Put off what waits: places no release was asked about yet, the counting of households by
    cell, where a release or a change waits for it, the reading of names that files brought, and the
    expiring of identifiers whose day is over, and the rules of keeping.
    Cycles that are due are drafted, what is past its last day expires, silent providers are asked.
    It sees the whole country. Rasters without outlines are outlined. Places are looked over,
    all of them once a day. Files whose reading broke down are refused."""
    stand(session, PLATFORM)
    if anything_stumbled(session):
        jobs.defer(session, refuse_stumbled, actor=PLATFORM, dedupe="stumbled")
    if anything_due(session):
        jobs.defer(session, sample_due, actor=PLATFORM, dedupe="due")
    for release in unoutlined(session):
        put_off_outlining(session, release, PLATFORM)
    for release_id in uncounted(session):
        once = str(release_id)
        jobs.defer(session, count_households, actor=PLATFORM, dedupe=once, release_id=release_id)
    _keep_up_people(session)
    _keep_places_up(session)
    _keep_programs_up(session)
    if anything_stale(session):
        jobs.defer(session, recount_households, actor=PLATFORM, dedupe="stale")


def _keep_up_people(session: Session) -> None:
    """Put off expiring identifiers, keeping scores up, reading names, and forgetting what is not
    undone any more."""
    if session.scalar(befores_over().limit(1)) is not None:
        jobs.defer(session, forget_befores, actor=PLATFORM, dedupe="befores")
    if anything_expired(session):
        jobs.defer(session, expire_identifiers, actor=PLATFORM, dedupe="expired")
    if rules_to_keep(session):
        jobs.defer(session, keep_to_rules, actor=PLATFORM, dedupe="rules")
    for model_id, whole in scores_due(session):
        jobs.defer(
            session,
            keep_score_up,
            actor=PLATFORM,
            dedupe=f"score {model_id}",
            model_id=model_id,
            whole=whole,
        )
    if anything_unread(session):
        jobs.defer(session, read_names, actor=PLATFORM, dedupe="unread")


def _keep_places_up(session: Session) -> None:
    """Put off looking over places, and asking hazard maps about plots."""
    whole = look_due(session)
    if whole is not None:
        jobs.defer(session, look_over_places, actor=PLATFORM, dedupe="places", whole=whole)
    if anything_unmeasured(session):
        jobs.defer(session, measure_plots, actor=PLATFORM, dedupe="plots")


def _keep_programs_up(session: Session) -> None:
    """Put off drafting the cycles that are due, once a day, letting expire what is past its last
    day, and asking providers that keep silent."""
    for program_id in look_for_due(session, today()):
        once = str(program_id)
        jobs.defer(session, draft_due_cycle, actor=PLATFORM, dedupe=once, program_id=program_id)
    for cycle_id in cycles_over(session, today()):
        once = str(cycle_id)
        jobs.defer(session, expire_cycle, actor=PLATFORM, dedupe=once, cycle_id=cycle_id)
    for batch_id in look_for_unanswered(session):
        once = f"batch-{batch_id}"
        jobs.defer(session, ask_provider, actor=PLATFORM, dedupe=once, batch_id=batch_id)


def seal_all() -> int:
    """Chain all of the audit trail that has committed, a batch at a time; answers how many."""
    sealed = 0
    while True:
        with transaction() as session:
            done = seal(session)
        sealed += done
        if done < BATCH:
            return sealed
