"""Changes of the registry are asked for, looked at by others, and done as one act."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# Who asked sees what they asked for, wherever those stand it is about.
ASKED_BY = "area_id = any (select unnest(reached_areas())) or made_by = (select acting())"
STATES = (
    *("draft", "local", "national", "approved", "applied"),
    *("returned", "rejected", "cancelled"),
)
EDITS = (
    *("set", "set_contact", "set_identifier", "new_registrant", "new_group", "join", "leave"),
    *("set_member", "move_to", "set_state"),
)
KINDS = (
    *("edit_individual", "edit_group", "edit_identifier", "add_member", "remove_member"),
    *("transfer_member", "change_head", "exit_registrant", "create_group", "split_household"),
    *("merge_registrants", "move_house"),
)
ROLES = (
    *("administrator", "coordinator", "gis_analyst", "registrar", "program_manager", "approver"),
    *("finance", "distributor", "viewer"),
)
SUPERVISOR = "registry_supervisor"
KEPT = {
    "change_requests": (
        "id",
        "r.registrant_id",
        "kind state registrant_id source_number taken_by local_by national_by applied_by",
    ),
    "change_routes": ("id", None, "kind needs_local needs_national documents"),
}


def upgrade() -> None:
    _requests()
    _lines()
    _of_request("change_answers", sa.Column("name", sa.String(), nullable=False), *_sealed("value"))
    op.create_unique_constraint(
        op.f("uq_change_answers_request_id_name"), "change_answers", ["request_id", "name"]
    )
    _of_request(
        "change_documents",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
    )
    op.create_index("ix_change_documents_request_id", "change_documents", ["request_id"])
    for table in ("change_requests", "change_lines", "change_answers", "change_documents"):
        op.execute(f"call guard('{table}', '{ASKED_BY}')")
    _routes()
    _roles((*ROLES, SUPERVISOR), sa.String(len(SUPERVISOR)))
    keep = sa.text("call keep_changes(cast(:of as regclass), :key, :about, :columns)")
    for table, (key, about, columns) in KEPT.items():
        told = {"of": table, "key": key, "about": about, "columns": columns.split()}
        op.get_bind().execute(keep, told)


def downgrade() -> None:
    op.execute(f"delete from role_grants where role = '{SUPERVISOR}'")
    _roles(ROLES, sa.String(max(map(len, ROLES))))
    for table in ("routes", "documents", "answers", "lines", "requests"):
        op.drop_table(f"change_{table}")


def _key(table: str) -> list[sa.schema.SchemaItem]:
    now = sa.text("now()")
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _told_of() -> list[sa.schema.SchemaItem]:
    return [sa.Column("area_id", sa.BigInteger()), sa.Column("made_by", sa.BigInteger())]


def _sealed(name: str, key: str = "key", *, nullable: bool = False) -> list[sa.schema.SchemaItem]:
    """A value that may be sealed, and what tells two of them apart."""
    return [
        sa.Column(name, sa.String(), nullable=nullable),
        sa.Column(key, sa.String(), nullable=nullable),
    ]


def _named(table: str, column: str, target: str, *, nullable: bool) -> list[sa.schema.SchemaItem]:
    name = op.f(f"fk_{table}_{column}")
    return [
        sa.Column(column, sa.BigInteger(), nullable=nullable),
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name),
    ]


def _word(name: str, words: tuple[str, ...], column: str) -> sa.Column[str]:
    kind = sa.Enum(*words, name=name, native_enum=False, create_constraint=True)
    return sa.Column(column, kind, nullable=False)


def _requests() -> None:
    of = "change_requests"
    number = "public_number('CR', id, 8)"
    op.create_table(
        of,
        sa.Column("number", sa.String(), sa.Computed(number, persisted=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        _word("changestate", STATES, "state"),
        *_named(of, "registrant_id", "registrants", nullable=True),
        _word("via", ("registrar", "grievance", "public", "form"), "via"),
        sa.Column("source_number", sa.String()),
        sa.Column("why", sa.String()),
        sa.Column("on_day", sa.Date()),
        *_sealed("contact", "contact_key", nullable=True),
        sa.Column("code_digest", sa.LargeBinary()),
        sa.Column("line_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("taken_by", sa.BigInteger()),
        sa.Column("asked_at", MOMENT),
        sa.Column("local_by", sa.BigInteger()),
        sa.Column("local_at", MOMENT),
        sa.Column("national_by", sa.BigInteger()),
        sa.Column("national_at", MOMENT),
        sa.Column("applied_by", sa.BigInteger()),
        sa.Column("applied_at", MOMENT),
        sa.Column("decided_because", sa.String()),
        *_told_of(),
        *_key(of),
        sa.UniqueConstraint("number", name=op.f("uq_change_requests_number")),
    )
    op.create_index("ix_change_requests_registrant_id", of, ["registrant_id"])
    op.create_index("ix_change_requests_state", of, ["state", "id"])


def _lines() -> None:
    of = "change_lines"
    op.create_table(
        of,
        *_named(of, "request_id", "change_requests", nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        _word("edit", EDITS, "edit"),
        *_named(of, "registrant_id", "registrants", nullable=True),
        *_named(of, "other_id", "registrants", nullable=True),
        sa.Column("registrant_line", sa.BigInteger()),
        sa.Column("other_line", sa.BigInteger()),
        sa.Column("field", sa.String(), nullable=False),
        *_sealed("before", "before_key", nullable=True),
        *_sealed("after", "after_key", nullable=True),
        sa.Column("about_id", sa.BigInteger()),
        sa.Column("about", sa.String(), nullable=False),
        *_told_of(),
        *_key(of),
        sa.UniqueConstraint("request_id", "place", name=op.f("uq_change_lines_request_id_place")),
    )
    op.create_index("ix_change_lines_about_id_about", of, ["about_id", "about"])
    op.create_index("ix_change_lines_registrant_id", of, ["registrant_id"])
    op.create_index("ix_change_lines_other_id", of, ["other_id"])


def _of_request(table: str, *columns: sa.schema.SchemaItem) -> None:
    """A table whose rows belong to a request."""
    request = _named(table, "request_id", "change_requests", nullable=False)
    op.create_table(table, *request, *columns, *_told_of(), *_key(table))


def _routes() -> None:
    of = "change_routes"
    op.create_table(
        of,
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("needs_local", sa.Boolean(), nullable=False),
        sa.Column("needs_national", sa.Boolean(), nullable=False),
        sa.Column("documents", ARRAY(sa.Text()), nullable=False),
        *_key(of),
        sa.UniqueConstraint("kind", name=op.f("uq_change_routes_kind")),
    )
    rows = ", ".join(f"('{kind}', true, true, '{{}}')" for kind in KINDS)
    op.execute(f"insert into {of} (kind, needs_local, needs_national, documents) values {rows}")


def _roles(words: tuple[str, ...], kind: sa.String) -> None:
    """The roles people may hold."""
    check = op.f("ck_role_grants_role")
    op.drop_constraint(check, "role_grants")
    op.alter_column("role_grants", "role", type_=kind)
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(check, "role_grants", f"role in ({listed})")
