"""Visits, consent and rules of keeping; ties have their inverse, and words for what records say."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

LANGUAGES = ("en", "fr", "es", "ar")
MOMENT = sa.DateTime(timezone=True)

# list, then by code: labels in the languages above; after a colon the inverse of a tie.
WORDS: dict[str, dict[str, str]] = {
    "relationship": {
        "parent": "parent|parent|padre o madre|والد: child",
        "guardian": "guardian|tuteur|tutor|وصي: ward",
        "carer": "carer|aidant|cuidador|مقدم رعاية: cared_for",
        "employer": "employer|employeur|empleador|صاحب عمل: employee",
        "spouse": "spouse|conjoint|cónyuge|زوج: spouse",
        "sibling": "sibling|frère ou sœur|hermano|أخ: sibling",
        "relative": "relative|parent proche|pariente|قريب: relative",
        "neighbour": "neighbour|voisin|vecino|جار: neighbour",
        "child": "child|enfant|hijo|ابن: parent",
        "ward": "ward|pupille|pupilo|تحت الوصاية: guardian",
        "cared_for": "cared for by them|personne aidée|persona cuidada|متلقي رعاية: carer",
        "employee": "employee|employé|empleado|موظف: employer",
    },
    "tag": {
        "displaced": "displaced|déplacé|desplazado|نازح",
        "returnee": "returned|retourné|retornado|عائد",
        "host_family": "hosts others|famille d'accueil|familia de acogida|أسرة مضيفة",
        "unaccompanied": "unaccompanied child|enfant non accompagné|niño no acompañado"
        "|طفل غير مصحوب",
        "pregnant": "pregnant or breastfeeding|enceinte ou allaitante|embarazada o lactante"
        "|حامل أو مرضعة",
        "visit_again": "to be visited again|à revisiter|volver a visitar|تعاد زيارته",
    },
    "document_type": {
        "picture": "picture|photo|foto|صورة",
        "identity": "identity document|pièce d'identité|documento de identidad|وثيقة هوية",
        "birth_record": "birth record|acte de naissance|partida de nacimiento|شهادة ميلاد",
        "consent_form": "consent form|formulaire de consentement|formulario de consentimiento"
        "|نموذج موافقة",
        "medical": "medical paper|document médical|documento médico|وثيقة طبية",
        "land_title": "land title|titre foncier|título de propiedad|سند ملكية",
        "letter": "letter|lettre|carta|رسالة",
        "other": "other paper|autre document|otro documento|وثيقة أخرى",
    },
    "consent_purpose": {
        "registration": "being in the registry|figurer au registre|estar en el registro|التسجيل",
        "assistance": "receiving help|recevoir une aide|recibir ayuda|تلقي المساعدة",
        "sharing": "being shown to partners|transmission aux partenaires"
        "|compartir con socios|المشاركة مع الشركاء",
        "messages": "being written to|recevoir des messages|recibir mensajes|تلقي الرسائل",
        "pictures": "use of pictures|utilisation des photos|uso de fotos|استخدام الصور",
    },
    "visit_kind": {
        "visit": "visit|visite|visita|زيارة",
        "survey": "survey|enquête|encuesta|مسح",
        "assessment": "assessment|évaluation|evaluación|تقييم",
        "verification": "verification|vérification|verificación|تحقق",
    },
}

TOLD_OF = ("visits", "visit_answers", "consents")
# As in 0010: people of no area are seen by who made them.
MADE_BY = (
    "area_id = any (select unnest(reached_areas()))"
    " or area_id is null and made_by = (select acting())"
)
DEFINER = "language plpgsql security definer set search_path = public, pg_temp"
BRING_ALONG = """
create function bring_along_{table}() returns trigger {definer} as $$
begin
    update {table} t set area_id = r.area_id, made_by = r.made_by
    from new_rows n join registrants r on r.id = n.registrant_id
    where t.registrant_id = n.registrant_id and n.area_id is null and n.made_by is null
      and num_nonnulls(r.area_id, r.made_by) > 0;
    return null;
end $$
"""
ON_INSERT = """
create trigger bring_along after insert on {table}
referencing new table as new_rows for each statement execute function bring_along_{table}()
"""
FOLLOW = """
create function follow_visits() returns trigger {definer} as $$
declare
    moved bigint[];
begin
    select array_agg(id) into moved
    from (select id, area_id from new_rows except select id, area_id from old_rows) as elsewhere;
    if moved is null then return null; end if;
    {updates}
    return null;
end $$
"""
FOLLOWING = """
    update {table} t set area_id = r.area_id from registrants r
    where r.id = t.registrant_id and t.registrant_id = any (moved)
      and t.area_id is distinct from r.area_id;
"""
ON_MOVE = """
create trigger follow_visits after update on registrants
referencing old table as old_rows new table as new_rows
for each statement execute function follow_visits()
"""

# As in 0012: by table its key, whom a row is about, and the columns that are kept.
KEPT = {
    "visits": ("id", "r.registrant_id", "registrant_id kind on_day valid_until note"),
    "visit_answers": ("visit_id", "r.registrant_id", "visit_id field text number day flag"),
    "consents": (
        "id",
        "r.registrant_id",
        "registrant_id purpose basis state given_on given_by how until withdrawn_on because",
    ),
    "retention_rules": ("id", None, "what after_months does state"),
}


def upgrade() -> None:
    _words()
    _visits()
    _consents()
    _retention_rules()
    op.create_index(
        "ix_identifiers_expires_on",
        "identifiers",
        ["expires_on"],
        postgresql_where=sa.text("state = 'valid'"),
    )
    for table in TOLD_OF:
        op.execute(f"call guard('{table}', '{MADE_BY}')")
        op.execute(BRING_ALONG.format(table=table, definer=DEFINER))
        op.execute(ON_INSERT.format(table=table))
    updates = "".join(FOLLOWING.format(table=table) for table in TOLD_OF)
    op.execute(FOLLOW.format(updates=updates, definer=DEFINER))
    op.execute(ON_MOVE)
    keep = sa.text("call keep_changes(cast(:of as regclass), :key, :about, :columns)")
    for table, (key, about, columns) in KEPT.items():
        told_of = {"of": table, "key": key, "about": about, "columns": columns.split()}
        op.get_bind().execute(keep, told_of)


def _words() -> None:
    """Ties have the word of the other direction; which groups may hold groups is said of a kind."""
    op.add_column("vocabularies", sa.Column("inverse", sa.String()))
    op.add_column(
        "vocabularies",
        sa.Column("takes_groups", sa.Boolean(), server_default="false", nullable=False),
    )
    add = sa.text(
        "insert into vocabularies (list, code, labels, position, inverse)"
        " values (:list, :code, :labels, :position, :inverse)"
        " on conflict (list, code) do nothing"
    ).bindparams(sa.bindparam("labels", type_=sa.JSON))
    op.execute("alter table vocabularies disable trigger user")
    op.execute(
        "update vocabularies set takes_groups = true"
        " where list = 'group_kind' and code <> 'household'"
    )
    for name, words in WORDS.items():
        for position, (code, line) in enumerate(words.items()):
            labels, _colon, inverse = line.partition(": ")
            said_in = dict(zip(LANGUAGES, labels.split("|"), strict=True))
            values = {"list": name, "code": code, "labels": said_in, "position": position}
            op.get_bind().execute(add, values | {"inverse": inverse or None})
    op.execute("alter table vocabularies enable trigger user")


def _key(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _of(table: str) -> list[sa.schema.SchemaItem]:
    """Whom a row tells of, and what every such row carries beside."""
    name = op.f(f"fk_{table}_registrant_id")
    return [
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["registrant_id"], ["registrants.id"], name=name),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("made_by", sa.BigInteger()),
    ]


def _state(name: str, *values: str, column: str, default: str | None = None) -> sa.Column[sa.Enum]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True)
    return sa.Column(column, kind, server_default=default, nullable=False)


def _visits() -> None:
    op.create_table(
        "visits",
        *_of("visits"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("visited_by", sa.BigInteger(), nullable=False),
        sa.Column("instance_id", sa.String()),
        sa.Column("note", sa.String()),
        *_key("visits"),
        sa.UniqueConstraint("instance_id", name=op.f("uq_visits_instance_id")),
        sa.CheckConstraint("valid_until >= on_day", name=op.f("ck_visits_valid_for_a_while")),
    )
    op.create_index("ix_visits_registrant_id_on_day", "visits", ["registrant_id", "on_day"])
    op.create_table(
        "visit_answers",
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        *_of("visit_answers"),
        sa.Column("text", sa.String()),
        sa.Column("number", sa.Numeric()),
        sa.Column("day", sa.Date()),
        sa.Column("flag", sa.Boolean()),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visits.id"], name=op.f("fk_visit_answers_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", "field", name=op.f("pk_visit_answers")),
        sa.CheckConstraint(
            "num_nonnulls(text, number, day, flag) <= 1",
            name=op.f("ck_visit_answers_one_value"),
        ),
    )
    op.create_index("ix_visit_answers_registrant_id", "visit_answers", ["registrant_id"])


def _consents() -> None:
    bases = ("consent", "law", "public_task", "vital", "contract")
    op.create_table(
        "consents",
        sa.Column(
            "number", sa.String(), sa.Computed("public_number('CON', id, 8)", persisted=True)
        ),
        *_of("consents"),
        sa.Column("purpose", sa.String(), nullable=False),
        _state("basis", *bases, column="basis", default="consent"),
        _state("consentstate", "given", "refused", "withdrawn", column="state", default="given"),
        sa.Column("given_on", sa.Date(), nullable=False),
        _state("givenby", "self", "guardian", column="given_by", default="self"),
        sa.Column("how", sa.String()),
        sa.Column("until", sa.Date()),
        sa.Column("document_id", sa.BigInteger()),
        sa.Column("withdrawn_on", sa.Date()),
        sa.Column("because", sa.String()),
        *_key("consents"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_consents_document_id")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_consents_number")),
        sa.CheckConstraint("until >= given_on", name=op.f("ck_consents_valid_for_a_while")),
    )
    op.create_index("ix_consents_registrant_id", "consents", ["registrant_id", "purpose"])


def _retention_rules() -> None:
    op.create_table(
        "retention_rules",
        _state("what", "exited", "documents", "visits", column="what"),
        sa.Column("after_months", sa.BigInteger(), nullable=False),
        _state("does", "erase", "anonymise", "delete", column="does"),
        _state("rulestate", "draft", "active", "ended", column="state", default="draft"),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("started_by", sa.BigInteger()),
        sa.Column("kept_on", sa.Date()),
        *_key("retention_rules"),
        sa.CheckConstraint("after_months > 0", name=op.f("ck_retention_rules_after_a_while")),
    )
    op.create_index(
        "uq_retention_rules_active",
        "retention_rules",
        ["what"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )


def downgrade() -> None:
    op.execute("drop trigger follow_visits on registrants")
    op.execute("drop function follow_visits")
    op.drop_index("ix_identifiers_expires_on", "identifiers")
    for table in ("retention_rules", "visit_answers", "visits", "consents"):
        op.drop_table(table)
    for table in TOLD_OF:
        op.execute(f"drop function bring_along_{table}")
    for name in WORDS:
        op.execute(f"delete from vocabularies where list = '{name}'")
    op.drop_column("vocabularies", "inverse")
    op.drop_column("vocabularies", "takes_groups")
