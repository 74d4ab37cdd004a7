"""The roles a database's privileges and policies name: they belong to the server, not to a dump."""

from typing import Any

from psycopg import Connection as Driver
from psycopg import sql
from sqlalchemy import Connection, text

from app.backup.manifest import Role

# Whoever something in this database is granted to or says something of, and what they stand as.
NAMED = text("""
    with recursive named as (
        select refobjid as role from pg_shdepend
        where refclassid = 'pg_authid'::regclass
          and dbid = (select oid from pg_database where datname = current_database())
        union
        select m.roleid from pg_auth_members m join named on named.role = m.member
    )
    select r.rolname as name, r.rolcanlogin as signs_in, r.rolinherit as inherits,
           array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
                 where m.member = r.oid order by 1) as stands_as
    from pg_roles r
    where r.oid in (select role from named) and r.rolname <> current_user
      and r.rolname !~ '^pg_'
    order by 1
""")
MISSING = "select %s::text where to_regrole(quote_ident(%s)) is null"


def roles_named(connection: Connection) -> list[Role]:
    """The roles a restored database will need, beside its owner."""
    return [Role(**row._mapping) for row in connection.execute(NAMED)]


def have_roles(driver: Driver[Any], roles: list[Role]) -> None:
    """Make the roles that this server has not got, without passwords: nobody signs in by a backup.

    Those that are there stay as they are.
    """
    missing = [role for role in roles if driver.execute(MISSING, [role.name, role.name]).fetchone()]
    for role in missing:
        driver.execute(_made(role))
    for role in missing:
        for group in role.stands_as:
            names = sql.Identifier(group), sql.Identifier(role.name)
            driver.execute(sql.SQL("grant {} to {}").format(*names))


def _made(role: Role) -> sql.Composed:
    signs_in = sql.SQL("login" if role.signs_in else "nologin")
    inherits = sql.SQL("inherit" if role.inherits else "noinherit")
    return sql.SQL("create role {} {} {}").format(sql.Identifier(role.name), signs_in, inherits)
