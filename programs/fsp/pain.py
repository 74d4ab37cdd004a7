"""ISO 20022: orders as a customer credit transfer (pain.001.001.09), and the bank's answer to it, a
payment status report (pain.002, any version)."""

import re
import xml.etree.ElementTree as ET  # only writes; what is read comes through defusedxml
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from programs.fsp.orders import Answer, Order, Outcome

SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
STATES = {
    "RJCT": Outcome.FAILED,
    "CANC": Outcome.FAILED,
    "ACSC": Outcome.PAID,
    "ACCC": Outcome.PAID,
    **dict.fromkeys(
        ("RCVD", "ACTC", "ACCP", "ACSP", "ACWC", "ACWP", "PDNG", "PATC", "PRES"), Outcome.ACCEPTED
    ),
}
LONGEST_NAME, LONGEST_ID = 140, 34


class Unreadable(Exception):
    """The file is no payment status report."""


@dataclass(frozen=True)
class Sender:
    """Who pays: the message's number, the name and account of who orders, when, and for which
    day."""

    message: str
    name: str
    account: str
    at: datetime
    on: date


def written(orders: Sequence[Order], sender: Sender) -> bytes:
    """Orders of one currency as a pain.001.001.09 message; our reference is the EndToEndId."""
    root = ET.Element("Document", {"xmlns": SPACE})
    start = ET.SubElement(root, "CstmrCdtTrfInitn")
    total = sum((order.amount for order in orders), Decimal(0))
    head = ET.SubElement(start, "GrpHdr")
    _put(head, "MsgId", sender.message)
    _put(head, "CreDtTm", sender.at.replace(microsecond=0, tzinfo=None).isoformat())
    _put(head, "NbOfTxs", str(len(orders)))
    _put(head, "CtrlSum", _decimal(total))
    _put(ET.SubElement(head, "InitgPty"), "Nm", sender.name[:LONGEST_NAME])
    block = ET.SubElement(start, "PmtInf")
    _put(block, "PmtInfId", sender.message)
    _put(block, "PmtMtd", "TRF")
    _put(block, "NbOfTxs", str(len(orders)))
    _put(block, "CtrlSum", _decimal(total))
    _put(ET.SubElement(block, "ReqdExctnDt"), "Dt", sender.on.isoformat())
    _put(ET.SubElement(block, "Dbtr"), "Nm", sender.name[:LONGEST_NAME])
    _account(ET.SubElement(block, "DbtrAcct"), sender.account)
    other = ET.SubElement(ET.SubElement(block, "DbtrAgt"), "FinInstnId")
    _put(ET.SubElement(other, "Othr"), "Id", "NOTPROVIDED")
    for order in orders:
        _transfer(block, order)
    message: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return message


def _transfer(block: ET.Element, order: Order) -> None:
    transfer = ET.SubElement(block, "CdtTrfTxInf")
    _put(ET.SubElement(transfer, "PmtId"), "EndToEndId", order.reference)
    amount = ET.SubElement(ET.SubElement(transfer, "Amt"), "InstdAmt", {"Ccy": order.currency})
    amount.text = _decimal(order.amount)
    if order.provider:
        agent = ET.SubElement(ET.SubElement(transfer, "CdtrAgt"), "FinInstnId")
        _put(agent, "Nm", order.provider[:LONGEST_NAME])
    _put(ET.SubElement(transfer, "Cdtr"), "Nm", order.name[:LONGEST_NAME])
    _account(ET.SubElement(transfer, "CdtrAcct"), order.account or "")


def read(report: bytes, references: Sequence[str]) -> list[Answer]:
    """What a status report says of orders; one that speaks of the whole message alone says it of
    all `references`.

    Raises:
        Unreadable
    """
    try:
        root = fromstring(report)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Unreadable from error
    found = root.find(".//{*}CstmrPmtStsRpt")
    if found is None:
        raise Unreadable
    answers = [each for part in found.iter() if (each := _answer(part)) is not None]
    whole = found.findtext(".//{*}GrpSts") or found.findtext(".//{*}PmtInfSts")
    if answers or whole not in STATES:
        return answers
    why = _why(found)
    return [Answer(reference, STATES[whole], said=why) for reference in references]


def _answer(part: ET.Element) -> Answer | None:
    if part.tag.rpartition("}")[2] != "TxInfAndSts":
        return None
    reference, state = part.findtext("{*}OrgnlEndToEndId"), part.findtext("{*}TxSts")
    if reference is None or state not in STATES:
        return None
    named = part.findtext("{*}AcctSvcrRef") or part.findtext("{*}StsId")
    return Answer(reference, STATES[state], None, named, _why(part))


def _why(part: ET.Element) -> str | None:
    words = [part.findtext(".//{*}Rsn/{*}Cd"), part.findtext(".//{*}AddtlInf")]
    said = " ".join(word for word in words if word)
    return said[:200] or None


def _account(account: ET.Element, number: str) -> None:
    plain = re.sub(r"[\s.\-/]", "", number).upper()
    identity = ET.SubElement(account, "Id")
    if IBAN.fullmatch(plain):
        _put(identity, "IBAN", plain)
    else:
        _put(ET.SubElement(identity, "Othr"), "Id", plain[:LONGEST_ID])


def _put(above: ET.Element, name: str, words: str) -> None:
    ET.SubElement(above, name).text = words


def _decimal(amount: Decimal) -> str:
    return f"{amount:f}"
