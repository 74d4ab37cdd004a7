"""The one who acts: a person, an API client, or the platform itself."""

from dataclasses import dataclass

from sqlalchemy import Select

from core.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting, what they may do, and under which areas they may do it."""

    id: int
    name: str
    permissions: frozenset[str]
    area_ids: frozenset[int] = frozenset()  # roots of what they may see; empty sees nothing
    national: bool = False  # sees every area, and those who have none
    program_ids: frozenset[int] | None = None  # the programs they may see; None is every one
    people: Select[int] | None = None  # those they may see, where programs say it and not areas
    withheld: frozenset[str] = frozenset()  # terms of filters that are kept from all their roles
    roles: frozenset[str] = frozenset()  # what they are, where something is for those of a role
    organisation_id: int | None = None  # whom they work for

    @property
    def sees_all(self) -> bool:
        """Whether nobody is out of their reach."""
        return self.national and self.program_ids is None

    def may(self, permission: str) -> bool:
        """Whether this permission was given to them."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Refuse unless they may.

        Raises:
            Forbidden: the permission is not theirs.
        """
        if not self.may(permission):
            raise Forbidden(permission=str(permission))


NOBODY = Actor(id=0, name="", permissions=frozenset())
PLATFORM = Actor(id=-1, name="Highground", permissions=frozenset(), national=True)
