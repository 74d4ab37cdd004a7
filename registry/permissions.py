"""What may be done with the people of the registry."""

from enum import StrEnum


class May(StrEnum):
    """Permissions of this floor, `noun:verb`."""

    COUNT_REGISTRANTS = "registrant:count"
    READ_REGISTRANTS = "registrant:read"
    READ_HISTORY = "registrant:history"
    ERASE_REGISTRANTS = "registrant:erase"
    WRITE_REGISTRANTS = "registrant:write"
    READ_ACCOUNTS = "account:read"
    READ_DOCUMENTS = "document:read"
    WRITE_DOCUMENTS = "document:write"
    WRITE_VISITS = "visit:write"
    WRITE_CONSENTS = "consent:write"
    WRITE_RETENTION = "retention:write"
    EXPORT_REGISTRANTS = "registrant:export"
    IMPORT_REGISTRANTS = "registrant:import"
    MERGE_IMPORTS = "import:merge"
    READ_ROSTERS = "roster:read"
    FREEZE_ROSTERS = "roster:freeze"
    MAKE_SITUATION_MAPS = "situation_map:make"
    KEEP_FILTERS = "filter:keep"
    SHARE_FILTERS = "filter:share"
    WRITE_PLACES = "place:write"
    ACCEPT_PLACES = "place:accept"
    WRITE_VOCABULARIES = "vocabulary:write"
