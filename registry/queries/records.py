"""What stands beside a record: identifiers, ways to reach them, accounts, tags, ties, documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from registry.models.accounts import Account, AccountKind, AccountState
from registry.models.documents import Document
from registry.models.registrants import Registrant
from registry.models.relationships import Relationship
from registry.models.tags import RegistrantTag
from registry.models.vocabularies import Word
from registry.permissions import May
from registry.queries.consents import PICTURES, declines
from registry.queries.documents import documents_of
from registry.queries.reach import people_within_reach

LAST = 4  # signs of an account's number that anybody sees who sees the record
HIDDEN = "•••• "


@dataclass(frozen=True)
class Tie:
    """What somebody is to the registrant whose page it is: `kind` is theirs."""

    id: int
    kind: str
    number: str
    name: str
    started_on: date | None
    ended_on: date | None


@dataclass(frozen=True)
class AccountShown:
    """An account; of its number the last four signs for who may not see it in full."""

    id: int
    kind: AccountKind
    provider: str | None
    holder: str | None
    value: str
    currency: str | None
    state: AccountState
    is_main: bool


@dataclass(frozen=True)
class Beside:
    """All that stands beside one record, as far as the actor may see it.

    `without_pictures` where they do not agree to pictures of them.
    """

    accounts: Sequence[AccountShown]
    tags: Sequence[str]
    ties: Sequence[Tie]
    documents: Sequence[Document]
    without_pictures: bool


def beside(session: Session, registrant: Registrant, *, actor: Actor) -> Beside:
    """What stands beside a record that the actor may see.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    return Beside(
        accounts=accounts_of(session, registrant.id, actor=actor),
        tags=tags_of(session, registrant.id),
        ties=ties_of(session, registrant.id, actor=actor),
        documents=documents_of(session, registrant.id, actor=actor),
        without_pictures=declines(session, registrant.id, PICTURES),
    )


def accounts_of(session: Session, registrant_id: int, *, actor: Actor) -> list[AccountShown]:
    """The accounts of a registrant, the good and main ones first."""
    full = actor.may(May.READ_ACCOUNTS)
    own = select(Account).where(Account.registrant_id == registrant_id)
    order = (Account.state.desc(), Account.is_main.desc(), Account.id)
    return [
        AccountShown(
            each.id,
            each.kind,
            each.provider,
            each.holder if full else None,
            each.value if full else HIDDEN + each.value[-LAST:],
            each.currency,
            each.state,
            each.is_main,
        )
        for each in session.scalars(own.order_by(*order))
    ]


def tags_of(session: Session, registrant_id: int) -> Sequence[str]:
    """The words a registrant is marked with."""
    own = select(RegistrantTag.tag).where(RegistrantTag.registrant_id == registrant_id)
    return session.scalars(own.order_by(RegistrantTag.tag)).all()


def ties_of(session: Session, registrant_id: int, *, actor: Actor) -> list[Tie]:
    """The ties of a registrant to who is within reach, the current ones first.

    What the other one is to them is the word of the tie where the other stands first, else its
    inverse.
    """
    other, word = aliased(Registrant), aliased(Word)
    first = Relationship.to_id == registrant_id
    other_id = case((first, Relationship.from_id), else_=Relationship.to_id)
    kind = case((first, Relationship.kind), else_=word.inverse)
    listed = (
        select(
            Relationship.id,
            case((kind.is_(None), Relationship.kind), else_=kind),
            other.number,
            other.name,
            Relationship.started_on,
            Relationship.ended_on,
        )
        .join(other, other.id == other_id)
        .outerjoin(word, (word.list == "relationship") & (word.code == Relationship.kind))
        .where(or_(Relationship.from_id == registrant_id, first))
        .where(people_within_reach(actor, other.id, other.area_id))
        .order_by(Relationship.ended_on.is_not(None), Relationship.id)
    )
    return [Tie(*row) for row in session.execute(listed)]
