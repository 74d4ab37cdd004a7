"""What may be done with the platform itself."""

from enum import StrEnum


class May(StrEnum):
    """Permissions of the roof, `noun:verb`."""

    WRITE_USERS = "user:write"
    WRITE_SETTINGS = "settings:write"
    READ_AUDIT = "audit:read"
    READ_JOBS = "job:read"
    CANCEL_JOBS = "job:cancel"
