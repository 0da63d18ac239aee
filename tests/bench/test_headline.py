"""What the last line of `make bench` says of what was measured, and of what was not."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.machine import Shares
from bench.suite import result
from bench.suite.headline import NUMBERS, headline
from bench.suite.rounds import Findings, Patience, Rounds, Sample
from bench.suite.tables import SHAPES, table

CALM = Shares(parts={"server": 0.5, "postgres": 0.25}, others=0.0)


def sample(**numbers: float) -> Sample:
    return Sample(numbers=numbers, shares=CALM)


def found(number: str, rounds: Mapping[str, Sequence[float]], failures: Mapping[str, str] | None = None) -> Findings:
    return Findings(
        words="something",
        contenders={name: name.title() for name in rounds},
        samples={name: [sample(**{number: value}) for value in values] for name, values in rounds.items()},
        failures=failures or {},
    )


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    intake = found("per_s", {"plain": [100, 1000, 200], "relay": [50, 700, 160], "orm": [10, 70, 80]})

    numbers = headline({"intake": intake}, {})

    assert numbers["intake_vs_validate"] == 0.7  # 0.5, 0.7, 0.8
    assert numbers["intake_vs_orm"] == 5.0  # 5, 10, 2


def test_the_best_peer_is_the_best_contender_that_is_not_ours() -> None:
    pipeline = found("per_core", {"relay": [400], "relay_both": [900], "orm": [100], "pgqueuer": [200]})

    assert headline({"pipeline": pipeline}, {})["pipeline_vs_best_peer"] == 2.0


def test_what_was_not_measured_is_null_with_a_reason() -> None:
    delivery = found("per_s", {"relay": [10.0], "pgqueuer": []}, {"pgqueuer": "round 1: it broke"})

    numbers = headline({"delivery": delivery}, {"memory": "the time was over"})

    assert numbers["delivery_vs_pgqueuer"] is None
    assert "it broke" in numbers["delivery_vs_pgqueuer_reason"]
    assert numbers["rss_mb_api_reason"] == "the time was over"
    assert all(name in numbers and f"{name}_reason" in numbers for name in NUMBERS)


async def test_a_contender_that_fails_is_told_and_ends_nothing() -> None:
    rounds = Rounds(words="something", rounds=3, patience=Patience(left_s=0.0))
    calls: list[str] = []

    async def works(_round: int) -> Sample:
        calls.append("works")
        return sample(per_s=2.0)

    async def breaks(_round: int) -> Sample:
        calls.append("breaks")
        message = "no such server"
        raise ConnectionError(message)

    rounds.add("breaks", "Breaks", breaks)
    rounds.add("works", "Works", works)
    findings = await rounds.all()

    assert calls == ["breaks", "works", "breaks", "works", "works"]
    assert findings.values("works", "per_s") == [2.0, 2.0, 2.0]
    assert "no such server" in findings.failures["breaks"]
    assert findings.ratio("works", "breaks", "per_s") is None


def test_a_written_result_makes_the_same_table(tmp_path: Path) -> None:
    before = found("per_s", {"plain": [100.0, 110.0], "relay": [60.0, 70.0]}, {"orm": "not installed"})
    path = tmp_path / "result.json"
    with_orm = Findings(**{**vars(before), "contenders": {**before.contenders, "orm": "Orm"}})
    path.write_text(json.dumps({"measurements": result.as_json({"intake": with_orm})}))

    again = result.read(path)["intake"]

    assert table(SHAPES["intake"], again) == table(SHAPES["intake"], with_orm)
    assert "Orm: not installed" in table(SHAPES["intake"], again)
