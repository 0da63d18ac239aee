"""All that was found, as JSON and back: the plots are drawn in another environment."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.machine import Shares
from bench.suite.rounds import Findings, Sample


def as_json(found: Mapping[str, Findings]) -> dict[str, Any]:
    """Every sample of every contender."""
    return {name: _findings(one) for name, one in found.items()}


def _findings(one: Findings) -> dict[str, Any]:
    return {
        "words": one.words,
        "contenders": dict(one.contenders),
        "samples": {name: [_sample(sample) for sample in samples] for name, samples in one.samples.items()},
        "failures": dict(one.failures),
        "notes": list(one.notes),
    }


def _sample(one: Sample) -> dict[str, Any]:
    numbers = {name: float(f"{value:.6g}") for name, value in one.numbers.items()}
    cores = {name: round(share, 3) for name, share in one.shares.parts.items()}
    return {"numbers": numbers, "cores": cores, "others": one.shares.others}


def read(path: Path) -> dict[str, Findings]:
    """The measurements of a result that was written."""
    content = json.loads(path.read_text())
    return {name: _read(one) for name, one in content["measurements"].items()}


def _read(one: Mapping[str, Any]) -> Findings:
    samples = {
        name: [
            Sample(numbers=each["numbers"], shares=Shares(parts=each["cores"], others=each["others"])) for each in runs
        ]
        for name, runs in one["samples"].items()
    }
    return Findings(
        words=one["words"],
        contenders=one["contenders"],
        samples=samples,
        failures=one["failures"],
        notes=one["notes"],
    )
