"""Registrants: emptying what is known of one, so that number, lists and digests stay."""

from typing import Any

from sqlalchemy import Text, Update, delete, func, literal, or_, select, text, update
from sqlalchemy.orm import Session

from core.clock import today
from core.db import changed
from registry.models.accounts import Account
from registry.models.changes import (
    OPEN,
    ChangeAnswer,
    ChangeDocument,
    ChangeLine,
    ChangeRequest,
    ChangeState,
)
from registry.models.contacts import Contact
from registry.models.documents import Document
from registry.models.duplicates import DuplicatePair, Merge, MergeBefore
from registry.models.fields import GroupFields, IndividualFields
from registry.models.holdings import Holding
from registry.models.imports import ImportBefore, ImportRow
from registry.models.registrants import (
    FormerPlace,
    Group,
    Identifier,
    Individual,
    Membership,
    Registrant,
    RegistrantKind,
    RegistrantState,
)
from registry.models.relationships import Relationship
from registry.models.rosters import RosterMember
from registry.models.scores import Score
from registry.models.tags import RegistrantTag
from registry.parsing.abilities import ANSWERS

TOLD = (
    *("name_local", "code", "settlement", "address", "phone", "location_id"),
    *("names", "bones", "language", "exit_reason"),
)
TOLD_OF_PEOPLE = (
    *("sex", "birth_date", "has_disability", "family_name", "given_name", "other_names"),
    *("civil_status", "education", "occupation", *ANSWERS),
)
DROP_PLOTS = text("""
    delete from plots p
    where p.id = any (cast(:plots as bigint[]))
      and not exists (select from holdings h where h.plot_id = p.id)
""")
DROP_PLACES = text("""
    with left_alone as (
        select id from unnest(cast(:places as bigint[])) as place (id)
        where not exists (select from registrants r where r.location_id = place.id)
          and not exists (select from former_places f where f.location_id = place.id)
    ), forgotten as (
        delete from exposure_due where location_id in (select id from left_alone)
    )
    delete from locations where id in (select id from left_alone)
""")


def empty(session: Session, registrant: Registrant) -> int:
    """Empty all that is known of a registrant, within the act that is being done.

    Its area stays, for sums by area, and so do its number, what it was given and the lists it is
    in. Answers how many of its field changes were emptied.
    """
    name, places = registrant.name, _places(session, registrant)
    held = select(Holding.plot_id).where(Holding.registrant_id == registrant.id)
    plots = session.scalars(held).all()
    for statement in (*_asked_about(registrant), *_emptied(registrant), *_untied(registrant)):
        changed(session, statement)
    session.execute(DROP_PLACES, {"places": places})
    session.execute(DROP_PLOTS, {"plots": plots})
    session.expire(registrant)
    emptied: int = session.scalars(select(func.empty_changes(registrant.id, name))).one()
    return emptied


def _places(session: Session, registrant: Registrant) -> list[int]:
    """Where a registrant stands and stood."""
    former = select(FormerPlace.location_id).where(FormerPlace.registrant_id == registrant.id)
    now = [registrant.location_id] if registrant.location_id else []
    return [*now, *session.scalars(former)]


def _emptied(registrant: Registrant) -> list[Update]:
    """What is said of a registrant; its name becomes its number, and so does a group's that bears
    the name of a member.
    """
    nothing: dict[str, Any] = dict.fromkeys(TOLD)
    groups = select(Membership.group_id).where(Membership.member_id == registrant.id)
    bears = Registrant.name.contains(registrant.name, autoescape=True)
    return [
        update(Registrant)
        .where(Registrant.id.in_(groups), bears)
        .values(name=Registrant.number, name_local=None),
        update(Registrant)
        .where(Registrant.id == registrant.id)
        .values(name=Registrant.number, state=RegistrantState.ERASED, **nothing),
        update(Individual)
        .where(Individual.registrant_id == registrant.id)
        .values(dict.fromkeys(TOLD_OF_PEOPLE)),
        update(Group).where(Group.registrant_id == registrant.id).values(stated_size=None),
        update(Membership)
        .where(Membership.member_id == registrant.id, Membership.ended_on.is_(None))
        .values(ended_on=today()),
        update(Membership).where(Membership.member_id == registrant.id).values(note=None),
        _cells(registrant),
    ]


def _asked_about(registrant: Registrant) -> list[Any]:
    """What was asked to be changed of it, and why; what is not decided yet is given up."""
    named = or_(ChangeLine.registrant_id == registrant.id, ChangeLine.other_id == registrant.id)
    lines = select(ChangeLine.request_id).where(named)
    of = or_(ChangeRequest.id.in_(lines), ChangeRequest.registrant_id == registrant.id)
    requests = select(ChangeRequest.id).where(of)
    said = ("why", "contact", "contact_key", "decided_because")
    nothing = dict.fromkeys(("before", "before_key", "after", "after_key"))
    given_up = update(ChangeRequest).where(of, ChangeRequest.state.in_(OPEN))
    return [
        *(
            delete(each).where(each.request_id.in_(requests))
            for each in (ChangeAnswer, ChangeDocument)
        ),
        given_up.values(state=ChangeState.CANCELLED),
        update(ChangeRequest).where(of).values(dict.fromkeys(said)),
        update(ChangeLine).where(ChangeLine.request_id.in_(requests)).values(nothing),
    ]


def _cells(registrant: Registrant) -> Update:
    """The cells of the files that told of a registrant, whatever became of those rows."""
    row, is_group = ImportRow, registrant.kind is RegistrantKind.GROUP
    key = row.household_key if is_group else row.person_key
    found = row.group_id if is_group else row.registrant_id
    named = key.is_not(None) & (key == literal(registrant.code, Text))
    nothing = dict.fromkeys(("household_key", "person_key", "id_number", "id_key"))
    of = or_(row.registrant_id == registrant.id, found == registrant.id, named)
    return update(row).where(of).values(cells=[], faulted={}, **nothing)


def _untied(registrant: Registrant) -> list[Any]:
    """What is written down beside it, its former places, and the places lists remember it by."""
    own = (
        *(Identifier, Contact, Account, RegistrantTag, Document, FormerPlace),
        *(GroupFields, IndividualFields, Holding, Score, ImportBefore),
    )
    tied = or_(Relationship.from_id == registrant.id, Relationship.to_id == registrant.id)
    paired = or_(DuplicatePair.left_id == registrant.id, DuplicatePair.right_id == registrant.id)
    merged = or_(Merge.kept_id == registrant.id, Merge.gone_id == registrant.id)
    return [
        delete(DuplicatePair).where(paired),
        delete(MergeBefore).where(MergeBefore.merge_id.in_(select(Merge.id).where(merged))),
        *(delete(each).where(each.registrant_id == registrant.id) for each in own),
        delete(Relationship).where(tied),
        update(RosterMember)
        .where(RosterMember.registrant_id == registrant.id)
        .values(location_id=None),
    ]
