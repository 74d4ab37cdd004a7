"""The pages. Each noun has one file with one blueprint; they are all listed here."""

from app.web import account, admin, audit, health, jobs, rosters, selections, sign_in, users

BLUEPRINTS = (
    account.bp,
    admin.bp,
    audit.bp,
    health.bp,
    jobs.bp,
    rosters.bp,
    selections.bp,
    sign_in.bp,
    users.bp,
)
