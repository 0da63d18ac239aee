"""The table of the sync of a large menu, and its line of JSON."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.machine import Shares


@dataclass(frozen=True, kw_only=True)
class Sync:
    """One sync, from sending the request until its answer was there."""

    pos: str
    case: str
    seconds: float
    rows: int
    """Of products and dictionaries, that were written or removed."""
    shares: Shares


def sync_figures(syncs: Sequence[Sync]) -> dict[str, dict[str, Any]]:
    """By POS and case."""
    by_case: dict[str, list[Sync]] = {}
    for each in syncs:
        by_case.setdefault(f"{each.pos}, {each.case}", []).append(each)
    return {name: _sync(own) for name, own in by_case.items()}


def _sync(syncs: Sequence[Sync]) -> dict[str, Any]:
    others = [each.shares.others for each in syncs if each.shares.others is not None]
    parts = syncs[0].shares.parts
    return {
        "s": _median([each.seconds for each in syncs]),
        "all_s": [round(each.seconds, 2) for each in syncs],
        "rows": [each.rows for each in syncs],
        "cpu_s": {name: _median([each.shares.parts[name] * each.seconds for each in syncs]) for name in parts},
        "others_cores": round(max(others), 2) if others else None,
    }


def show_sync(surroundings: Mapping[str, Any], figures: Mapping[str, Mapping[str, Any]]) -> None:
    """The table, and the line."""
    table = Table(
        title="Sync of a menu of 5,000 products with modifiers",
        title_justify="left",
        box=None,
        pad_edge=False,
        header_style="bold",
    )
    table.add_column("", no_wrap=True)
    for column in ("s", "each round", "rows written", "others"):
        table.add_column(column, justify="right", no_wrap=column == "each round")
    for name, own in figures.items():
        each = " ".join(f"{seconds:.2f}" for seconds in own["all_s"])
        rows = " ".join(f"{rows:,}" for rows in sorted(set(own["rows"])))
        others = "-" if own["others_cores"] is None else f"{own['others_cores']:.2f}"
        table.add_row(name, f"{own['s']:.2f}", each, rows, others)
    Console().print(table, "")
    print(json.dumps({"machine": surroundings, "sync": figures}))


def _median(values: Sequence[float]) -> float | None:
    return round(statistics.median(values), 2) if values else None
