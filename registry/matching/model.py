"""Pairs of people judged by a model that is learnt from the records themselves (splink).

How often each comparison comes out so among two of one person and among any two is estimated from
the records: from pairs taken at random, then by expectation maximisation. Nobody has to label any.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.matching.blocks import Block, BlockFigures, set_side_by_side
from registry.matching.fuzzy import EVERY_RULE, given_of, opened, prepare, told, weigh

if TYPE_CHECKING:
    import pyarrow as pa
    from splink import Linker

SEED = 7
AT_RANDOM = 1e6  # pairs
FOUND_BY_RULE = 0.5  # of those written twice, about so many have one name and one birth date
NEVER = -1e9  # a weight below all: everything the model found is told with its reasons
MODELLED = """
create temporary table modelled as
select place as unique_id, said, bones, sex, born, area, keys,
       split_part(bones, ' ', 1) as first_bones
from record
left join (select place, list(distinct key) as keys from kept group by place) using (place)
"""
JUDGED = """
create temporary table judged as
select least(unique_id_l, unique_id_r) as one, greatest(unique_id_l, unique_id_r) as other,
       match_probability as score
from predicted
"""
PAIR = "create or replace temporary table pair as select one, other from judged"
BY_MODEL = """
create or replace temporary table scored as
select s.* replace (j.score as score) from scored s join judged j using (one, other)
"""


def learnt(
    people: "pa.Table",
    rules: Sequence[Block] = EVERY_RULE,
    least: float = 0.7,
    room: Path | None = None,
) -> "tuple[pa.Table, Sequence[BlockFigures], dict[str, Any]]":
    """The pairs among `people` that are of one person by a model learnt from them.

    As `registry.matching.fuzzy.alike` answers them, and the settings that were learnt. Households
    are not judged: what is known of them is too little to learn from.
    """
    import pyarrow.compute as pc

    with opened(room) as base:
        prepare(base, given_of(people.filter(pc.equal(people["kind"], "individual")), None))
        figures = set_side_by_side(base, rules)
        base.execute(MODELLED)
        linker = _linker(base)
        _train(linker)
        predicted = linker.inference.predict(threshold_match_probability=least)
        base.register("predicted", predicted.as_duckdbpyrelation().to_arrow_table())
        for statement in (JUDGED, PAIR):
            base.execute(statement)
        weigh(base, NEVER)
        base.execute(BY_MODEL)
        return told(base, least), figures, linker.misc.save_model_to_json()


def _linker(base: Any) -> "Linker":
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on("keys", arrays_to_explode=["keys"])],
        comparisons=_comparisons(),
        retain_matching_columns=False,
    )
    frame = DuckDBAPI(connection=base).register("modelled")
    return Linker(frame, settings, log_level=logging.ERROR)


def _comparisons() -> list[Any]:
    """What is compared, each from the likest to the least alike."""
    from splink import comparison_library as library

    nothing = {"sql_condition": "ELSE", "label_for_charts": "other"}
    named = {
        "said_l = said_r": "same",
        "jaro_winkler_similarity(said_l, said_r) >= 0.95": "nearly the same",
        "bones_l = bones_r or jaro_winkler_similarity(said_l, said_r) >= 0.88": "alike",
    }
    born = {
        "born_l = born_r": "same",
        "year(born_l) = year(born_r) and month(born_l) = day(born_r)"
        " and day(born_l) = month(born_r)": "turned",
        "year(born_l) = year(born_r)": "same year",
    }
    levels = (("said", named), ("born", born))
    return [
        *(
            library.CustomComparison([_null(name), *_levels(ways), nothing], name)
            for name, ways in levels
        ),
        library.ExactMatch("sex"),
        library.ExactMatch("area"),
    ]


def _null(name: str) -> dict[str, Any]:
    missing = f"{name}_l is null or {name}_r is null"
    return {"sql_condition": missing, "label_for_charts": "unknown", "is_null_level": True}


def _levels(ways: dict[str, str]) -> list[dict[str, Any]]:
    return [{"sql_condition": way, "label_for_charts": said} for way, said in ways.items()]


def _train(linker: "Linker") -> None:
    from splink import block_on

    training = linker.training
    rule: list[Any] = [block_on("said", "born")]
    training.estimate_probability_two_random_records_match(rule, recall=FOUND_BY_RULE)
    training.estimate_u_using_random_sampling(max_pairs=AT_RANDOM, seed=SEED)
    for held in (block_on("born", "first_bones"), block_on("bones", "area")):
        training.estimate_parameters_using_expectation_maximisation(
            held, record_sample_proportion=1.0
        )
