"""What is kept unreadable, and what is asked before it is read."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

VALID = sa.text("state = 'valid'")

# What was there before is kept as it is: plain, until `highground keys seal`. The triggers of the
# trail are for what people do.
KEYS = """
do $$
begin
    alter table identifiers disable trigger user;
    update identifiers set key = value;
    alter table identifiers enable trigger user;
    update import_people set id_key = id_number where id_number is not null;
end $$
"""

# A sealed value tells the trail nothing, and what it tells could not be sealed anew: the key does.
TRAIL = """
call keep_changes('identifiers', 'id', 'r.registrant_id',
                  array['registrant_id', 'type', 'key', 'issued_on', 'expires_on', 'state'])
"""

# code: labels in English, French, Spanish and Arabic
PURPOSES = {
    "assistance": "giving help|apporter une aide|prestar ayuda|تقديم المساعدة",
    "correction": "correcting the record|corriger le dossier|corregir el registro|تصحيح السجل",
    "complaint": "answering a complaint|répondre à une plainte|atender una queja|الرد على شكوى",
    "verification": "verifying who is registered|vérifier l'inscription"
    "|verificar la inscripción|التحقق من التسجيل",
    "request": "asked by the person|à la demande de la personne"
    "|a petición de la persona|بطلب من الشخص",
    "audit": "audit or inspection|audit ou inspection|auditoría o inspección|تدقيق أو تفتيش",
    "other": "another purpose|un autre motif|otro motivo|غرض آخر",
}
LANGUAGES = ("en", "fr", "es", "ar")


def upgrade() -> None:
    op.add_column("identifiers", sa.Column("key", sa.String()))
    op.add_column("import_people", sa.Column("id_key", sa.String()))
    op.execute(KEYS)
    op.alter_column("identifiers", "key", nullable=False)
    op.drop_index("uq_identifiers_valid", "identifiers")
    op.create_index(
        "uq_identifiers_valid", "identifiers", ["type", "key"], unique=True, postgresql_where=VALID
    )
    op.create_index("ix_identifiers_key", "identifiers", ["key"])
    op.execute(TRAIL)
    audience = sa.Enum(
        "colleagues", "public", name="audience", native_enum=False, create_constraint=True
    )
    column = sa.Column("audience", audience, server_default="colleagues", nullable=False)
    op.add_column("situation_maps", column)
    _purposes()


def _purposes() -> None:
    add = sa.text(
        "insert into vocabularies (list, code, labels, position)"
        " values ('purpose', :code, :labels, :position)"
    ).bindparams(sa.bindparam("labels", type_=sa.JSON))
    op.execute("alter table vocabularies disable trigger user")
    for position, (code, labels) in enumerate(PURPOSES.items()):
        said = dict(zip(LANGUAGES, labels.split("|"), strict=True))
        op.get_bind().execute(add, {"code": code, "labels": said, "position": position})
    op.execute("alter table vocabularies enable trigger user")
