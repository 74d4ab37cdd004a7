"""A score: its base, two terms and two classes."""

from decimal import Decimal

from sqlalchemy.orm import Session

from registry.models.scores import ScoreModel
from registry.parsing.steps import Span, read_steps
from registry.queries.scores import Band, Term
from registry.services.scores import Written, activate_score, write_score
from tests.make.programs import DARA, FINN

TERMS = [
    Term("People", "people", Decimal("0.35")),
    Term("Women", "women", Decimal(1), read_steps("..2: 0; 2..: 1")),
]
BANDS = [Band("poor", Span(Decimal(1), None)), Band("better", Span(None, Decimal(1)))]


def make_score(session: Session, code: str = "PMT", name: str = "Poverty") -> ScoreModel:
    """A score that is in force."""
    said = Written({"en": name}, Decimal("-0.8"), TERMS, BANDS)
    made = write_score(session, code, said, actor=DARA)
    return activate_score(session, code, made.version, actor=FINN)
