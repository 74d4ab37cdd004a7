"""Credit transfers of ISO 20022: valid against the schema, and the bank's answer is taken in."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.storage import path_of
from programs.models.entitlements import Entitlement
from programs.models.fsps import ConnectorKind
from programs.models.payments import Payment
from programs.models.programs import Delivery
from programs.services.fsps import AccountMissing, MechanismUnfit
from programs.services.order_files import ReportOfOthers, ReportUnreadable, hand_out, take_report
from tests.make.payments import make_account, make_fsp, make_plan
from tests.make.programs import FINN, make_approved, make_family, make_gift, make_program

SCHEMA = Path(__file__).with_name("schemas") / "pain.001.001.09.xsd"
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
OURS = "KE35 0001 2345 6789 0123"
ISO = {"connector": ConnectorKind.ISO20022, "mechanism": Delivery.BANK, "account": OURS}


def _batch(session: Session) -> int:
    """Two families due 50 and 70, one with an IBAN, one with a number of its bank's own."""
    first, second = make_family(session, 1, name="Ode & <Rana>"), make_family(session, 3)
    make_account(session, first, "GB82 WEST 1234 5698 7654 32", provider="Oru Bank")
    make_account(session, second, "0012-345678")
    program = make_program(session, make_gift(delivery=Delivery.BANK))
    cycle = make_approved(session, program, first, second)
    return make_plan(session, cycle, make_fsp(session, **ISO)).batch_id


def _states(session: Session) -> dict[str, int]:
    session.expire_all()
    counted = select(Payment.state, func.count()).group_by(Payment.state)
    return {str(state): number for state, number in session.execute(counted)}


def _report(*said: str, group: str = "", space: str = "pain.002.001.10") -> bytes:
    whole = f"<GrpSts>{group}</GrpSts>" if group else ""
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{space}"><CstmrPmtStsRpt>'
        f"<OrgnlGrpInfAndSts>{whole}</OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts>{''.join(said)}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def _of(reference: str, state: str, why: str = "") -> str:
    reason = f"<StsRsnInf><Rsn><Cd>{why}</Cd></Rsn></StsRsnInf>" if why else ""
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId>"
        f"<TxSts>{state}</TxSts>{reason}</TxInfAndSts>"
    )


def test_a_credit_transfer_is_valid_and_adds_up(session: Session) -> None:
    made = hand_out(session, _batch(session), "csv", actor=FINN)

    message = etree.fromstring(path_of(made.kept.sha256).read_bytes())
    etree.XMLSchema(file=str(SCHEMA)).assertValid(message)
    told = {
        name: message.xpath(f"//p:CdtTrfTxInf/{path}/text()", namespaces=SPACE)
        for name, path in {
            "reference": "p:PmtId/p:EndToEndId",
            "amount": "p:Amt/p:InstdAmt",
            "iban": "p:CdtrAcct/p:Id/p:IBAN",
            "other": "p:CdtrAcct/p:Id/p:Othr/p:Id",
            "bank": "p:CdtrAgt/p:FinInstnId/p:Nm",
        }.items()
    }
    due = session.execute(select(Entitlement.ern, Entitlement.amount).order_by(Entitlement.ern))
    assert [*zip(told.pop("reference"), map(Decimal, told.pop("amount")), strict=True)] == [
        tuple(row) for row in due
    ]
    assert told == {
        "iban": ["GB82WEST12345698765432"],
        "other": ["0012345678"],
        "bank": ["Oru Bank"],
    }
    assert message.xpath("//p:GrpHdr/p:CtrlSum/text()", namespaces=SPACE) == ["120.00"]
    assert message.xpath("//p:GrpHdr/p:NbOfTxs/text()", namespaces=SPACE) == ["2"]
    assert "Ode & <Rana>" in message.xpath("//p:CdtTrfTxInf/p:Cdtr/p:Nm/text()", namespaces=SPACE)


def test_the_banks_answer_moves_each_order_it_names(session: Session) -> None:
    batch_id = _batch(session)
    hand_out(session, batch_id, "csv", actor=FINN)
    paid, refused = session.scalars(select(Payment.reference).order_by(Payment.amount)).all()
    report = _report(_of(paid, "ACSC"), _of(refused, "RJCT", "AC04"), _of("ERN-OTHER", "ACSC"))

    assert take_report(session, batch_id, report, actor=FINN) == 2

    assert _states(session) == {"paid": 1, "failed": 1}
    assert session.scalars(select(Payment.said).where(Payment.reference == refused)).one() == "AC04"
    assert session.scalar(select(func.sum(Payment.paid))) == Decimal(50)
    assert take_report(session, batch_id, report, actor=FINN) == 0  # the same once more


@pytest.mark.parametrize(("group", "state"), [("ACCP", "sent"), ("RJCT", "failed")])
def test_an_answer_to_the_whole_message_holds_for_every_order(
    session: Session, group: str, state: str
) -> None:
    batch_id = _batch(session)
    hand_out(session, batch_id, "csv", actor=FINN)

    take_report(session, batch_id, _report(group=group, space="pain.002.001.03"), actor=FINN)

    assert _states(session) == {state: 2}


def test_what_is_no_report_or_of_other_orders_is_refused(session: Session) -> None:
    batch_id = _batch(session)
    bomb = (
        b'<!DOCTYPE a [<!ENTITY b "c">]><Document><CstmrPmtStsRpt>&b;</CstmrPmtStsRpt></Document>'
    )
    for bad in (b"no xml", b"<Document/>", bomb):
        with pytest.raises(ReportUnreadable):
            take_report(session, batch_id, bad, actor=FINN)
    with pytest.raises(ReportOfOthers):
        take_report(session, batch_id, _report(_of("ERN-OTHER", "ACSC")), actor=FINN)


def test_a_bank_pays_from_an_account_and_by_bank_alone(session: Session) -> None:
    with pytest.raises(AccountMissing):
        make_fsp(session, **{**ISO, "account": ""})
    with pytest.raises(MechanismUnfit, match=re.escape("ISO 20022")):
        make_fsp(session, **{**ISO, "mechanism": Delivery.CASH})
