"""Everything held on one person, as one file."""

import io
import json
import zipfile
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from app.everything import tables_about
from app.tables import metadata
from core.audit import AuditEntry
from registry.models.registrants import Identifier
from registry.services.field_values import fill_in
from tests.make.fields import make_fields
from tests.make.geo import make_country
from tests.make.programs import DARA, make_approved, make_family, make_program
from tests.make.registry import make_household, make_identifier, make_location
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


def test_every_table_that_names_a_registrant_is_in_it() -> None:
    naming = {
        table.name
        for table in metadata.sorted_tables
        if {"registrant_id", "registrant_ids"} & set(table.c.keys())
        or any(key.column.table.name == "registrants" for key in table.foreign_keys)
    }

    told = {table.name for table in tables_about([1])}

    assert naming <= told
    assert {"locations", "vouchers", "redemptions"} <= told - naming
    assert not {"users", "areas", "programs", "service_points"} & told


def test_a_file_holds_all_that_is_held_on_a_household_and_nothing_of_another(
    signed_in: SignedIn, session: Session
) -> None:
    areas = make_country(session)
    place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
    make_approved(session, make_program(session), home := make_family(session, 3, place))
    make_identifier(session, home, "KS-1984-00717")
    make_fields(session)
    fill_in(session, home.number, {"roof": "straw"}, actor=DARA)
    other = make_household(session, code="OTHER-9")
    registrar = signed_in(Role.REGISTRAR)

    answer = registrar.act(f"/registry/{home.number}/everything")

    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as folder:
        held = json.loads(folder.read("person.json"))
        page = folder.read("person.html").decode()
    assert len(held["registrants"]) == 4  # the household and its three
    assert [row["value"] for row in held["identifiers"]] == ["KS-1984-00717"]
    assert held["locations"][0]["lon"] == 0.5
    assert held["group_fields"][0]["roof"] == "straw"
    assert len(held["entitlements"]) == 1
    assert held["memberships"][0]["group"] == home.name
    assert other.number not in json.dumps(held)
    assert "KS-1984-00717" in page
    assert "Entitlements" in page
    acts = session.scalars(select(AuditEntry).where(AuditEntry.action == "registrants.export"))
    assert [entry.subject_id for entry in acts] == [home.id]


def test_who_may_not_export_is_refused(signed_in: SignedIn, session: Session) -> None:
    household = make_household(session)
    make_identifier(session, household, "KS-1984-00717")

    answer = signed_in(Role.COORDINATOR).act(f"/registry/{household.number}/everything")

    assert answer.status_code == 403
    assert session.scalars(select(Identifier.value)).all() == ["KS-1984-00717"]
