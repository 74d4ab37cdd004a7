"""A model learnt from records of which it is known who is written down twice."""

import pytest
from sqlalchemy.orm import Session

from bench.doubles import make
from core.actor import Actor
from registry.matching.model import learnt
from registry.models.duplicates import RunKind
from registry.services.duplicates import TooFewToLearn, look_for
from tests.make.registry import make_person


def test_a_model_learnt_from_the_records_finds_most_and_invents_few() -> None:
    known = make(6_000)

    pairs, blocks, model = learnt(known.records)

    found = {*zip(pairs["left"].to_pylist(), pairs["right"].to_pylist(), strict=True)}
    assert len(known.pairs) == 456  # 7.6058 % of six thousand
    assert len(found & known.pairs) >= 0.85 * 456
    assert len(found - known.pairs) <= 0.05 * len(found)
    assert {block.rule for block in blocks} == {"born", "living", "named"}
    assert [each["output_column_name"] for each in model["comparisons"]] == [
        "said",
        "born",
        "sex",
        "area",
    ]


def test_nothing_is_learnt_from_a_few(session: Session, anybody: Actor) -> None:
    make_person(session)

    with pytest.raises(TooFewToLearn) as refused:
        look_for(session, lambda _d, _t, _n: None, actor=anybody, kind=RunKind.MODEL)
    assert str(refused.value).startswith("There are too few people to learn from (1, and 1000 are")
