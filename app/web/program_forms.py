"""Reading the forms of programs: what is said of one, and the first money of its fund."""

from werkzeug.datastructures import MultiDict

from app.auth.roles import GIVES, Role, role_name
from app.request import actor, db
from app.web.rhythms import rhythm_of
from core.cql import both
from core.money import amount_of
from programs.models.programs import Target
from programs.permissions import May
from programs.queries.approvals import Tier
from programs.queries.targets import WHOM
from programs.services.programs import Announced, Plan
from registry.queries.filters import condition_with

BETWEEN = ";"  # purposes that are written in one field


def plan_of(form: MultiDict[str, str]) -> Plan:
    """What a form says of a program."""
    rhythm = rhythm_of(form)
    return Plan(
        name=form["name"],
        purposes=_purposes(form),
        organisation_id=int(form["organisation_id"]),
        currency=currency_of(form),
        eligibility=eligibility_of(form),
        signers_needed=int(form["signers_needed"]),
        tiers=[_tier(form, row) for row in _tier_rows(form)],
        rhythm=rhythm if rhythm.rule else None,
        target=target_of(form),
    )


def target_of(form: MultiDict[str, str]) -> Target:
    """Whom a form is for; households where it does not say."""
    return form.get("target", Target.GROUP, type=Target)


def currency_of(form: MultiDict[str, str]) -> str:
    """The currency a form names."""
    return form["currency"].strip().upper()


def announced_of(form: MultiDict[str, str]) -> Announced | None:
    """The first money the fund is to have, where the form says some."""
    typed, reference = form.get("deposit", "").strip(), form.get("reference", "")
    if not typed and not reference.strip():
        return None
    currency = form.get("deposit_currency", "").strip().upper()
    return Announced(amount_of(typed or "0"), reference, currency)


def signing_roles() -> list[tuple[str, str]]:
    """The roles that may sign, each with its name."""
    return [(role.value, role_name(role)) for role in Role if May.APPROVE in GIVES[role]]


def eligibility_of(form: MultiDict[str, str]) -> str:
    """The rule: what was ticked, kept and written, all of which has to hold."""
    target = target_of(form)
    ticked = form.getlist("choice")
    least = form.get("at_least", "").strip()
    if least.isdigit():
        ticked.append(f"people >= {least}")
    if pcodes := form.get("areas", "").replace(",", " ").split():
        listed = ", ".join("'{}'".format(code.replace("'", "''")) for code in pcodes)
        ticked.append(f"area_in({listed})")
    kept, typed = form.get("kept", ""), form.get("eligibility", "").strip()
    written = condition_with(db(), kept, typed, actor=actor(), subject=WHOM[target].subject)
    if written.startswith("{"):
        return both(" AND ".join(ticked), written)
    if written:
        ticked.append(f"({written})" if ticked else written)
    return " AND ".join(ticked)


def _purposes(form: MultiDict[str, str]) -> list[str]:
    """The known purposes that were ticked, and those that were written."""
    return [*form.getlist("purposes"), *form.get("purpose", "").split(BETWEEN)]


def _tier_rows(form: MultiDict[str, str]) -> list[int]:
    """The numbers of the rows in which a tier says how many sign it."""
    found = (
        name.removeprefix("tier-signers-") for name in form if name.startswith("tier-signers-")
    )
    rows = (int(row) for row in found if row.isdigit())
    return sorted(row for row in rows if form[f"tier-signers-{row}"].strip())


def _tier(form: MultiDict[str, str], row: int) -> Tier:
    role = form.get(f"tier-role-{row}", "")
    return Tier(
        signers=form.get(f"tier-signers-{row}", 0, type=int),
        from_amount=amount_of(form.get(f"tier-from-{row}", "") or "0"),
        role=role if role in dict(signing_roles()) else None,
    )
