"""Roles: one table of who may do what, for a program manager to read."""

from collections.abc import Collection
from enum import StrEnum

from app.auth.permissions import May as Roof
from core.words import _
from geo.permissions import May as Geo
from programs.permissions import May as Programs
from registry.permissions import May as Registry


class Role(StrEnum):
    """What a person is to the platform."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    GIS_ANALYST = "gis_analyst"
    REGISTRAR = "registrar"
    REGISTRY_SUPERVISOR = "registry_supervisor"
    PROGRAM_MANAGER = "program_manager"
    APPROVER = "approver"
    SENIOR_APPROVER = "senior_approver"
    FINANCE = "finance"
    DISTRIBUTOR = "distributor"
    VIEWER = "viewer"


LOOK: frozenset[str] = frozenset(
    {
        Geo.READ_AREAS,
        Geo.READ_EVENTS,
        Geo.READ_RELEASES,
        Geo.SELECT,
        Registry.COUNT_REGISTRANTS,
        Programs.READ_PROGRAMS,
        Programs.READ_SERVICE_POINTS,
        Roof.READ_JOBS,
    }
)
LISTS: frozenset[str] = frozenset(
    {
        Geo.EXACT_LOCATIONS,
        Registry.READ_REGISTRANTS,
        Registry.READ_ROSTERS,
        Registry.READ_SCORES,
        Registry.MAKE_SITUATION_MAPS,
    }
)
FILTERS: frozenset[str] = frozenset({Registry.KEEP_FILTERS, Registry.SHARE_FILTERS})

GIVES: dict[Role, frozenset[str]] = {
    Role.ADMINISTRATOR: LOOK
    | {
        Roof.WRITE_USERS,
        Roof.WRITE_SETTINGS,
        Roof.READ_AUDIT,
        Roof.CANCEL_JOBS,
        Geo.IMPORT_AREAS,
        Geo.ENFORCE_AREAS,
        Registry.READ_REGISTRANTS,
        Registry.READ_HISTORY,
        Registry.ERASE_REGISTRANTS,
        Registry.WRITE_RETENTION,
        Registry.WRITE_VOCABULARIES,
        Registry.ROUTE_CHANGES,
        Registry.WRITE_FIELDS,
        Registry.WITHHOLD_TERMS,
        Registry.WRITE_SCORES,
        Registry.READ_SCORES,
        Programs.WRITE_ORGANISATIONS,
        Programs.WRITE_SERVICE_POINTS,
        Programs.WRITE_FSPS,
    },
    Role.COORDINATOR: LOOK
    | LISTS
    | FILTERS
    | {
        Geo.WRITE_EVENTS,
        Geo.KEEP_SELECTIONS,
        Geo.UPLOAD_RELEASES,
        Registry.FREEZE_ROSTERS,
        Registry.VALIDATE_LOCALLY,
        Programs.RECORD_ANSWERS,
        Roof.CANCEL_JOBS,
    },
    Role.GIS_ANALYST: LOOK
    | {
        Geo.IMPORT_AREAS,
        Geo.ENFORCE_AREAS,
        Geo.LOAD_LAYERS,
        Geo.WRITE_EVENTS,
        Geo.UPLOAD_RELEASES,
        Geo.CONFIRM_RELEASES,
        Geo.DERIVE_RELEASES,
        Geo.PUBLISH_RELEASES,
        Geo.KEEP_SELECTIONS,
        Roof.CANCEL_JOBS,
    },
    Role.REGISTRAR: LOOK
    | LISTS
    | FILTERS
    | {
        Registry.READ_HISTORY,
        Registry.WRITE_REGISTRANTS,
        Registry.READ_DOCUMENTS,
        Registry.WRITE_DOCUMENTS,
        Registry.WRITE_VISITS,
        Registry.WRITE_CONSENTS,
        Registry.WRITE_PLACES,
        Registry.ACCEPT_PLACES,
        Registry.WRITE_PLOTS,
        Registry.IMPORT_REGISTRANTS,
        Registry.EXPORT_REGISTRANTS,
        Registry.MERGE_IMPORTS,
        Registry.UNDO_IMPORTS,
        Registry.ASK_CHANGES,
        Registry.READ_DUPLICATES,
        Registry.DECIDE_DUPLICATES,
        Registry.MERGE_REGISTRANTS,
        Registry.SEND_SUBMISSIONS,
        Programs.RECORD_ANSWERS,
        Roof.CANCEL_JOBS,
    },
    Role.REGISTRY_SUPERVISOR: LOOK
    | LISTS
    | {
        Registry.READ_HISTORY,
        Registry.VALIDATE_NATIONALLY,
        Registry.APPLY_CHANGES,
        Registry.READ_DUPLICATES,
        Registry.DECIDE_DUPLICATES,
        Registry.MERGE_REGISTRANTS,
    },
    Role.PROGRAM_MANAGER: LOOK
    | LISTS
    | FILTERS
    | {
        Geo.KEEP_SELECTIONS,
        Registry.READ_DUPLICATES,
        Registry.READ_HISTORY,
        Registry.READ_ACCOUNTS,
        Registry.READ_DOCUMENTS,
        Registry.FREEZE_ROSTERS,
        Programs.WRITE_PROGRAMS,
        Programs.PREPARE_CYCLES,
        Registry.ACTIVATE_SCORES,
        Programs.ASK_APPROVAL,
        Programs.DRAW_SAMPLES,
        Programs.SEND_MESSAGES,
        Programs.ISSUE_VOUCHERS,
        Programs.WRITE_SERVICE_POINTS,
    },
    Role.APPROVER: LOOK | {Registry.READ_ROSTERS, Programs.APPROVE},
    Role.SENIOR_APPROVER: LOOK | {Registry.READ_ROSTERS, Programs.APPROVE},
    Role.FINANCE: LOOK
    | {
        Registry.READ_ROSTERS,
        Registry.READ_ACCOUNTS,
        Programs.POST_FUNDS,
        Programs.MAKE_PAYMENTS,
        Programs.EXPORT_PAYMENTS,
        Programs.RECONCILE,
    },
    Role.DISTRIBUTOR: frozenset(
        {Programs.REDEEM_VOUCHERS, Programs.READ_SERVICE_POINTS, Geo.READ_AREAS}
    ),
    Role.VIEWER: LOOK,
}

NOT_TOGETHER = (
    (Role.PROGRAM_MANAGER, Role.APPROVER),
    (Role.PROGRAM_MANAGER, Role.FINANCE),
    (Role.APPROVER, Role.FINANCE),
    (Role.PROGRAM_MANAGER, Role.SENIOR_APPROVER),
    (Role.SENIOR_APPROVER, Role.FINANCE),
    (Role.ADMINISTRATOR, Role.SENIOR_APPROVER),
    (Role.ADMINISTRATOR, Role.PROGRAM_MANAGER),
    (Role.ADMINISTRATOR, Role.APPROVER),
    (Role.ADMINISTRATOR, Role.FINANCE),
    (Role.REGISTRAR, Role.REGISTRY_SUPERVISOR),
    (Role.ADMINISTRATOR, Role.REGISTRY_SUPERVISOR),
)
"""Roles that nobody holds at the same time."""

SECOND_FACTOR = frozenset(
    {
        Role.ADMINISTRATOR,
        Role.REGISTRY_SUPERVISOR,
        Role.APPROVER,
        Role.SENIOR_APPROVER,
        Role.FINANCE,
    }
)
"""Who holds one of these signs in with a second factor; others may."""

MONEY: frozenset[str] = frozenset(
    {
        Programs.APPROVE,
        Programs.POST_FUNDS,
        Programs.MAKE_PAYMENTS,
        Programs.EXPORT_PAYMENTS,
        Programs.RECONCILE,
        Programs.ISSUE_VOUCHERS,
    }
)
"""What moves money: done only by who has lately proved to be there themselves."""

NATIONWIDE: frozenset[str] = frozenset(
    {
        Roof.WRITE_USERS,
        Roof.WRITE_SETTINGS,
        Roof.READ_AUDIT,
        Roof.CANCEL_JOBS,
        Geo.IMPORT_AREAS,
        Geo.ENFORCE_AREAS,
        Geo.LOAD_LAYERS,
        Registry.ERASE_REGISTRANTS,
        Registry.EXPORT_REGISTRANTS,
        Registry.UNDO_IMPORTS,
        Registry.READ_HISTORY,
        Registry.WRITE_RETENTION,
        Registry.VALIDATE_NATIONALLY,
        Registry.APPLY_CHANGES,
        Registry.ROUTE_CHANGES,
        Registry.WRITE_VOCABULARIES,
        Programs.WRITE_ORGANISATIONS,
        Programs.WRITE_SERVICE_POINTS,
        Programs.WRITE_FSPS,
    }
)
"""What changes or shows more than single programs: not for who is bound to programs."""

AREAWIDE: frozenset[str] = frozenset(
    {
        Registry.WRITE_REGISTRANTS,
        Registry.WRITE_DOCUMENTS,
        Registry.WRITE_VISITS,
        Registry.WRITE_CONSENTS,
        Registry.WRITE_PLACES,
        Registry.ACCEPT_PLACES,
        Registry.WRITE_PLOTS,
        Registry.ASK_CHANGES,
        Registry.VALIDATE_LOCALLY,
        Registry.SEND_SUBMISSIONS,
        Registry.IMPORT_REGISTRANTS,
        Registry.MERGE_IMPORTS,
        Registry.DECIDE_DUPLICATES,
        Registry.MERGE_REGISTRANTS,
        Registry.MAKE_SITUATION_MAPS,
    }
)
"""What is done to the registry of areas: not for who sees the people of programs alone."""


def clashes(held: Collection[Role]) -> list[tuple[Role, Role]]:
    """The pairs among some roles that nobody holds at the same time."""
    return [pair for pair in NOT_TOGETHER if set(pair) <= set(held)]


def permissions_of(held: Collection[Role]) -> frozenset[str]:
    """What some roles held together let one do.

    Roles that exclude one another, as an older installation may have given them, move no money:
    neither signs, pays, posts nor issues, until an administrator ends one of them.
    """
    torn = {role for pair in clashes(held) for role in pair}
    given = (GIVES[role] - MONEY if role in torn else GIVES[role] for role in held)
    return frozenset[str]().union(*given)


def why_not_together(pair: tuple[Role, Role]) -> str:
    """Why nobody holds both of two roles, in the reader's language."""
    return {
        (Role.PROGRAM_MANAGER, Role.APPROVER): _("Who prepares what is given does not sign it."),
        (Role.PROGRAM_MANAGER, Role.FINANCE): _("Who prepares what is given does not pay it."),
        (Role.APPROVER, Role.FINANCE): _("Who signs does not pay."),
        (Role.PROGRAM_MANAGER, Role.SENIOR_APPROVER): _(
            "Who prepares what is given does not sign it."
        ),
        (Role.SENIOR_APPROVER, Role.FINANCE): _("Who signs does not pay."),
        (Role.ADMINISTRATOR, Role.SENIOR_APPROVER): _("Who gives roles does not sign."),
        (Role.ADMINISTRATOR, Role.PROGRAM_MANAGER): _("Who gives roles prepares nothing."),
        (Role.ADMINISTRATOR, Role.APPROVER): _("Who gives roles does not sign."),
        (Role.ADMINISTRATOR, Role.FINANCE): _("Who gives roles does not pay."),
        (Role.REGISTRAR, Role.REGISTRY_SUPERVISOR): _("Who asks for changes does not apply them."),
        (Role.ADMINISTRATOR, Role.REGISTRY_SUPERVISOR): _("Who gives roles applies no changes."),
    }[pair]


def role_name(role: Role) -> str:
    """What a role is called, in the reader's language."""
    return {
        Role.ADMINISTRATOR: _("administrator"),
        Role.COORDINATOR: _("emergency coordinator"),
        Role.GIS_ANALYST: _("GIS analyst"),
        Role.REGISTRAR: _("registrar"),
        Role.REGISTRY_SUPERVISOR: _("registry supervisor"),
        Role.PROGRAM_MANAGER: _("program manager"),
        Role.APPROVER: _("approver"),
        Role.SENIOR_APPROVER: _("senior approver"),
        Role.FINANCE: _("finance officer"),
        Role.DISTRIBUTOR: _("distributor"),
        Role.VIEWER: _("viewer"),
    }[role]
