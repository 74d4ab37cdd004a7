"""Registrants: emptying what is known of some, so that numbers, lists and digests stay."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    cast,
    delete,
    extract,
    func,
    or_,
    select,
    text,
    tuple_,
    union,
    update,
)
from sqlalchemy.orm import Session, aliased

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
from registry.models.consents import Consent
from registry.models.contacts import Contact
from registry.models.documents import Document
from registry.models.duplicates import DuplicatePair, Merge, MergeBefore
from registry.models.fields import GroupFields, IndividualFields
from registry.models.holdings import Holding
from registry.models.imports import ImportBefore, ImportCell, ImportMatch, ImportRow
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
from registry.models.submissions import Submission, SubmissionFile
from registry.models.tags import RegistrantTag
from registry.models.visits import Visit, VisitAnswer
from registry.parsing.abilities import ANSWERS
from registry.services.documents import drop_files

TOLD = (
    *("name_local", "code", "settlement", "address", "phone", "location_id"),
    *("names", "bones", "language", "exit_reason"),
)
TOLD_OF_PEOPLE = (
    *("sex", "birth_date", "has_disability", "family_name", "given_name", "other_names"),
    *("civil_status", "education", "occupation", *ANSWERS),
)
STAYS = ("sex", "birth_date")
"""Of people who are made anonymous."""
EMPTY_CHANGES = text("""
    select coalesce(sum(empty_changes(gone.id, gone.name)), 0)::bigint
    from unnest(cast(:ids as bigint[]), cast(:names as text[])) as gone (id, name)
""")
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


def empty(session: Session, ids: Collection[int]) -> int:
    """Empty all that is known of registrants, within the act that is being done.

    Their areas stay, for sums by area, and so do their numbers, what they were given and the lists
    they are in. Answers how many of their field changes were emptied.
    """
    state = {"state": RegistrantState.ERASED}
    of_people: dict[str, Any] = dict.fromkeys(TOLD_OF_PEOPLE)
    return _emptied(session, [*ids], state, of_people)


def anonymise(session: Session, ids: Collection[int]) -> int:
    """Take away whatever tells who registrants are, within the act that is being done.

    Sex, year of birth and area stay, and what they were given: figures by area stay as they were.
    Answers how many of their field changes were emptied.
    """
    year = func.make_date(cast(extract("year", Individual.birth_date), Integer), 7, 1)
    coarser = {"birth_date": year, "birth_date_exact": False}
    gone: dict[str, Any] = dict.fromkeys(name for name in TOLD_OF_PEOPLE if name not in STAYS)
    return _emptied(session, [*ids], {}, gone | coarser)


def _emptied(
    session: Session, ids: list[int], state: dict[str, Any], of_people: dict[str, Any]
) -> int:
    """Empty what tells of registrants, and what is left of them in the trail."""
    session.flush()
    named = select(Registrant.id, Registrant.name).where(Registrant.id.in_(ids))
    names = [tuple(row) for row in session.execute(named)]
    places, files = _places(session, ids), _files(session, ids)
    plots = session.scalars(select(Holding.plot_id).where(Holding.registrant_id.in_(ids))).all()
    for statement in (*_told(ids, state, of_people), *_asked(ids), *_untied(ids)):
        changed(session, statement)
    session.execute(DROP_PLACES, {"places": places})
    session.execute(DROP_PLOTS, {"plots": plots})
    drop_files(session, files)
    session.expire_all()
    given = {"ids": [each[0] for each in names], "names": [each[1] for each in names]}
    return int(session.scalars(EMPTY_CHANGES, given).one())


def _places(session: Session, ids: list[int]) -> list[int]:
    """Where registrants stand and stood."""
    now = select(Registrant.location_id).where(Registrant.id.in_(ids))
    former = select(FormerPlace.location_id).where(FormerPlace.registrant_id.in_(ids))
    return [place for place in session.scalars(now.union(former)) if place is not None]


def _files(session: Session, ids: list[int]) -> list[str]:
    """The files of their documents, of what was asked to be changed of them, and of forms."""
    sent = _submissions(ids)
    held: Any = union(
        select(Document.sha256).where(Document.registrant_id.in_(ids)),
        select(ChangeDocument.sha256).where(ChangeDocument.request_id.in_(_about(ids))),
        select(Submission.sha256).where(Submission.id.in_(sent)),
        select(SubmissionFile.sha256).where(SubmissionFile.submission_id.in_(sent)),
    )
    return [name for name in session.scalars(held) if name]


def _told(ids: list[int], state: dict[str, Any], of_people: dict[str, Any]) -> list[Any]:
    """What is said of registrants; their names become their numbers, and so do those of groups
    that bear the name of one of them.
    """
    nothing: dict[str, Any] = dict.fromkeys(TOLD)
    person = aliased(Registrant)
    bears = (
        select(Membership.group_id)
        .join(person, person.id == Membership.member_id)
        .where(Membership.group_id == Registrant.id, person.id.in_(ids))
        .where(func.strpos(Registrant.name, person.name) > 0)
        .exists()
    )
    ended = Membership.ended_on.is_(None)
    return [
        *_cells(ids),
        update(Registrant).where(bears).values(name=Registrant.number, name_local=None),
        update(Registrant)
        .where(Registrant.id.in_(ids))
        .values(name=Registrant.number, **state, **nothing),
        update(Individual).where(Individual.registrant_id.in_(ids)).values(of_people),
        update(Group).where(Group.registrant_id.in_(ids)).values(stated_size=None),
        update(Membership).where(Membership.member_id.in_(ids), ended).values(ended_on=today()),
        update(Membership).where(Membership.member_id.in_(ids)).values(note=None),
    ]


def _cells(ids: list[int]) -> list[Any]:
    """The cells of the files that told of registrants, whatever became of those rows."""
    row, nothing = ImportRow, dict.fromkeys(("household_key", "person_key", "id_number", "id_key"))
    groups, people = (_codes(ids, kind) for kind in RegistrantKind)
    of = or_(
        *(row.registrant_id.in_(ids), row.group_id.in_(ids)),
        *(row.household_key.in_(groups), row.person_key.in_(people)),
    )
    theirs = select(row.import_id, row.row_number).where(of)
    corrected = tuple_(ImportCell.import_id, ImportCell.row_number)
    return [
        delete(ImportCell).where(corrected.in_(theirs)),
        update(row).where(of).values(cells=[], faulted={}, **nothing),
    ]


def _codes(ids: list[int], kind: RegistrantKind) -> Select[Any]:
    """The codes of those among them who are of a kind."""
    of = select(Registrant.code).where(Registrant.id.in_(ids), Registrant.kind == kind)
    return of.where(Registrant.code.is_not(None))


def _about(ids: list[int]) -> Select[int]:
    """The requests to change something about registrants."""
    lined = or_(ChangeLine.registrant_id.in_(ids), ChangeLine.other_id.in_(ids))
    begun = select(ChangeRequest.id).where(ChangeRequest.registrant_id.in_(ids))
    both = begun.union(select(ChangeLine.request_id).where(lined)).subquery("about_them")
    return select(both.c[0])


def _asked(ids: list[int]) -> list[Any]:
    """What people wrote when they asked to change something about them; that they did stays, and
    what is not decided yet is given up.
    """
    about = _about(ids)
    words = dict.fromkeys(("why", "contact", "contact_key", "decided_because", "source_number"))
    values = dict.fromkeys(("before", "before_key", "after", "after_key"))
    return [
        delete(ChangeAnswer).where(ChangeAnswer.request_id.in_(about)),
        delete(ChangeDocument).where(ChangeDocument.request_id.in_(about)),
        update(ChangeRequest)
        .where(ChangeRequest.id.in_(about), ChangeRequest.state.in_(OPEN))
        .values(state=ChangeState.CANCELLED),
        update(ChangeRequest).where(ChangeRequest.id.in_(about)).values(words),
        update(ChangeLine).where(ChangeLine.request_id.in_(about)).values(values),
        *_sent(ids),
    ]


def _submissions(ids: list[int]) -> Select[int]:
    """The forms that were sent about them, or about a household they belong or belonged to."""
    groups = select(Membership.group_id).where(Membership.member_id.in_(ids))
    of = or_(Submission.registrant_id.in_(ids), Submission.registrant_id.in_(groups))
    return select(Submission.id).where(of)


def _sent(ids: list[int]) -> list[Any]:
    """Forms as they were sent; their numbers stay, so that none is taken in a second time."""
    sent = _submissions(ids)
    return [
        delete(SubmissionFile).where(SubmissionFile.submission_id.in_(sent)),
        update(Submission).where(Submission.id.in_(sent)).values(sha256="", refusal=None),
    ]


def _untied(ids: list[int]) -> list[Any]:
    """What is written down beside them, and the places lists remember them by."""
    own = (
        *(Consent, VisitAnswer, Visit, Identifier, Contact, Account, RegistrantTag, Document),
        *(FormerPlace, GroupFields, IndividualFields, Holding, Score, ImportBefore),
        ImportMatch,
    )
    tied = or_(Relationship.from_id.in_(ids), Relationship.to_id.in_(ids))
    paired = or_(DuplicatePair.left_id.in_(ids), DuplicatePair.right_id.in_(ids))
    merged = or_(Merge.kept_id.in_(ids), Merge.gone_id.in_(ids))
    return [
        delete(DuplicatePair).where(paired),
        delete(MergeBefore).where(MergeBefore.merge_id.in_(select(Merge.id).where(merged))),
        *(delete(each).where(each.registrant_id.in_(ids)) for each in own),
        delete(Relationship).where(tied),
        update(RosterMember).where(RosterMember.registrant_id.in_(ids)).values(location_id=None),
    ]
