"""What a program gives: amounts in order, for whom each counts, and what one household gets."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.looks import look_at
from app.request import actor, asks, db
from app.web.term_groups import grouped
from core.clock import today
from core.errors import Invalid
from core.money import WRITTEN, amount_of, digits_of
from core.words import _
from programs.models.programs import Counting, Delivery, Rounding, Target
from programs.permissions import May
from programs.queries.amounts import Giving
from programs.queries.benefits import explained, figures_offered
from programs.queries.gifts import PEOPLE, Gift, Item
from programs.queries.programs import program_page
from programs.queries.targets import WHOM, Whom
from programs.services import programs
from registry.queries.registrants import registrant_by_number

bp = Blueprint("benefits", __name__, url_prefix="/programs")
BLANK = 2  # rows that stand ready beside those that are filled in
FRESH = (Item(""), Item("", PEOPLE))  # of a benefit that is being written


class BenefitElsewhere(Invalid):
    """The program does not give this; look at its page for what it gives."""


@bp.get("/<int:program_id>/benefits/new")
def new(program_id: int) -> str:
    actor().require(May.WRITE_PROGRAMS)
    return _page(program_id, None)


@bp.get("/<int:program_id>/benefits/<int:benefit_id>")
def edit(program_id: int, benefit_id: int) -> str:
    actor().require(May.WRITE_PROGRAMS)
    return _page(program_id, benefit_id)


@bp.post("/<int:program_id>/benefits")
def add(program_id: int) -> Response:
    benefit = programs.add_benefit(db(), program_id, gift_of(request.form), actor=actor())
    flash(_("The program now gives {name} too.", name=benefit.name))
    return redirect(url_for("programs.show", program_id=program_id), 303)


@bp.post("/<int:program_id>/benefits/<int:benefit_id>")
def change(program_id: int, benefit_id: int) -> Response:
    programs.change_benefit(db(), benefit_id, gift_of(request.form), actor=actor())
    flash(_("What is given was changed; amounts of draft cycles have to be prepared again."))
    return redirect(url_for("programs.show", program_id=program_id), 303)


@bp.post("/try")
@asks
def try_out() -> str:
    """What the amounts on a form come to for one household or person: the fragment beside them."""
    form = request.form
    number, currency = form.get("household", ""), form["currency"].strip().upper()
    digits_of(currency)
    target = form.get("target", Target.GROUP, type=Target)
    giving = Giving({0: gift_of(form)}, currency, today(), WHOM[target])
    told = explained(db(), giving, number, actor=actor())
    home = registrant_by_number(db(), number, actor=actor())
    look_at([home.id])
    return render_template(
        "benefits/_tried.html", told=told, home=home, currency=currency, target=target
    )


def gift_choices(gift: Gift | None, whom: Whom) -> dict[str, Any]:
    """What the form of a benefit shows and lets one choose from."""
    offered = figures_offered(db(), whom, actor=actor())
    known = {None, *(name for name, _label in offered)}
    fresh = [item for item in FRESH if item.times in known]
    items = [*(gift.items if gift else fresh)]
    return {
        "gift": gift,
        "items": [*items, *(Item("") for _more in range(BLANK))],
        "figures": {name: dict(terms) for name, terms in grouped(offered)},
        "deliveries": [(way.value, delivery_name(way)) for way in Delivery],
        "roundings": list(rounding_names().items()),
        "countings": [
            (Counting.ALL.value, _("all amounts that apply, added up")),
            (Counting.FIRST.value, _("the first amount that applies")),
        ],
    }


def rounding_names() -> dict[str, str]:
    """How an amount between two units is rounded, in words."""
    return {
        Rounding.HALF_UP.value: _("to the nearest, halves up"),
        Rounding.HALF_EVEN.value: _("to the nearest, halves to the even one"),
        Rounding.UP.value: _("up"),
        Rounding.DOWN.value: _("down"),
    }


@bp.app_template_filter("plain")
def plain(amount: Decimal) -> str:
    """An amount as a form's field holds it: digits and a point, no blanks, no trailing zeros."""
    return format(amount.normalize(), "f")


@bp.app_template_filter("delivery_name")
def delivery_name(way: Delivery) -> str:
    """How a way of reaching people is called."""
    return {
        Delivery.CASH: _("cash at a counter"),
        Delivery.BANK: _("bank account"),
        Delivery.MOBILE: _("mobile money"),
        Delivery.VOUCHER: _("voucher card"),
    }[way]


@bp.app_template_test("amount")
def is_amount(written: str) -> bool:
    """Whether an amount is a plain number, and no expression."""
    return bool(WRITTEN.fullmatch(written))


@bp.app_template_filter("amount")
def amount(written: str) -> Decimal:
    """A plain number as an amount."""
    return amount_of(written)


@bp.app_template_filter("times_said")
def times_said(item: Item, who: Mapping[str, str]) -> str:
    """What an amount is multiplied by, in words; the code of a term that is not common. `who` are
    the words for those it is given to."""
    if item.times is None:
        return who["each"]
    known = {
        "people": _("for each person"),
        "children_under_5": _("for each child under five"),
        "children": _("for each child"),
        "over_60": _("for each person of sixty or over"),
    }
    return known.get(item.times, _("times {figure}", figure=item.times))


def gift_of(form: MultiDict[str, str]) -> Gift:
    """A benefit as its form says it: `amount-0`, `times-0`, `when-0`, `most-0` and so on."""
    return Gift(
        name=form["benefit"],
        delivery=Delivery(form["delivery"]),
        items=tuple(_item(form, number) for number in _rows(form)),
        minimum=_optional(form.get("minimum", "")),
        cap=_optional(form.get("cap", "")),
        counting=Counting(form.get("counting", Counting.ALL)),
        round_to=_optional(form.get("round_to", "")),
        rounding=Rounding(form.get("rounding", Rounding.HALF_UP)),
        fee=_optional(form.get("fee", "")) or Decimal(0),
        fee_percent=_optional(form.get("fee_percent", "")) or Decimal(0),
        valid_days=form.get("valid_days", type=int),
    )


def _rows(form: MultiDict[str, str]) -> list[int]:
    """The numbers of the rows in which an amount is written."""
    found = (name.removeprefix("amount-") for name in form if name.startswith("amount-"))
    return sorted(int(row) for row in found if row.isdigit() and form[f"amount-{row}"].strip())


def _item(form: MultiDict[str, str], row: int) -> Item:
    written = form[f"amount-{row}"].strip()
    digits = "".join(written.split())
    return Item(
        expression=digits if WRITTEN.fullmatch(digits) else written,
        times=form.get(f"times-{row}", "").strip() or None,
        condition=form.get(f"when-{row}", "").strip(),
        cap=_optional(form.get(f"most-{row}", "")),
    )


def _optional(typed: str) -> Decimal | None:
    return amount_of(typed) if typed.strip() else None


def _page(program_id: int, benefit_id: int | None) -> str:
    page = program_page(db(), program_id, actor=actor())
    if benefit_id is not None and benefit_id not in page.gifts:
        raise BenefitElsewhere
    gift = page.gifts[benefit_id] if benefit_id is not None else None
    return render_template(
        "benefits/edit.html",
        program=page.program,
        benefit_id=benefit_id,
        **gift_choices(gift, WHOM[page.program.target]),
    )
