"""The pages. Each noun has one file with one blueprint; they are all listed here."""

from app.web import (
    account,
    admin,
    audit,
    health,
    household_tiles,
    jobs,
    rosters,
    selections,
    sign_in,
    situation,
    users,
)

BLUEPRINTS = (
    account.bp,
    admin.bp,
    audit.bp,
    health.bp,
    household_tiles.bp,
    jobs.bp,
    rosters.bp,
    selections.bp,
    sign_in.bp,
    situation.bp,
    users.bp,
)
