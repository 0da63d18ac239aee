"""What came out: ratios first, for people; and all of it as one line of JSON."""

import json
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.intake import Run, Variant
from bench.latency import Latency
from bench.sync import Sync

NOTE = (
    "Load client, server, PostgreSQL and simulator share the cores of one machine: read the ratios, not the absolute "
    "figures. Cores are CPU used on average; others is the worst round."
)
PARTS = {"server": "server", "worker": "worker", "postgres": "database", "simulator": "POS", "load client": "client"}
"""Of what is measured, and what the table calls them."""


def intake_figures(variants: Sequence[Variant], runs: Sequence[Run]) -> dict[str, dict[str, Any]]:
    """By name of the variant. Ratios are taken round by round, and the median of them."""
    by_variant = {variant.name: [run for run in runs if run.variant == variant.name] for variant in variants}
    ceiling = by_variant[variants[0].name]
    return {name: _intake(own, ceiling) for name, own in by_variant.items()}


def _intake(runs: Sequence[Run], ceiling: Sequence[Run]) -> dict[str, Any]:
    ratios = [run.load.per_s / other.load.per_s for run, other in zip(runs, ceiling, strict=True)]
    parts = {name: _median([run.shares.parts[name] for run in runs]) for name in runs[0].shares.parts}
    others = [run.shares.others for run in runs if run.shares.others is not None]
    return {
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "per_s": round(statistics.median(run.load.per_s for run in runs)),
        "all_per_s": [round(run.load.per_s) for run in runs],
        "p50_ms": _median([percentile(run.load.latencies, 50) * 1000 for run in runs]),
        "p99_ms": _median([percentile(run.load.latencies, 99) * 1000 for run in runs]),
        "sent_per_s": round(statistics.median(run.sent / (run.load.ended - run.load.began) for run in runs)),
        "accepted": sum(run.load.accepted for run in runs),
        "cores": parts,
        "server_us": _median([run.shares.parts["server"] / run.load.per_s * 1e6 for run in runs if run.shares.parts]),
        "others_cores": round(max(others), 2) if others else None,
        "disturbed_runs": sum(run.shares.disturbed for run in runs),
    }


def latency_figures(found: Latency) -> dict[str, Any]:
    """Milliseconds."""
    return {
        "orders": len(found.at_pos),
        "accepted_p50_ms": round(percentile(found.accepted, 50) * 1000, 1),
        "accepted_p99_ms": round(percentile(found.accepted, 99) * 1000, 1),
        "at_pos_p50_ms": round(percentile(found.at_pos, 50) * 1000, 1),
        "at_pos_p99_ms": round(percentile(found.at_pos, 99) * 1000, 1),
        "others_cores": None if found.shares.others is None else round(found.shares.others, 2),
        "disturbed": found.shares.disturbed,
    }


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


def percentile(values: Sequence[float], which: int) -> float:
    """The nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * which // 100)]


def _median(values: Sequence[float]) -> float | None:
    return round(statistics.median(values), 2) if values else None


def show(
    surroundings: Mapping[str, Any],
    variants: Sequence[Variant],
    intake: Mapping[str, Mapping[str, Any]],
    latency: Mapping[str, Mapping[str, Any]],
) -> None:
    """The tables, and the line of JSON at the end."""
    console = Console()
    for table in (_intake_table(variants, intake), _latency_table(variants, latency), _cores_table(variants, intake)):
        console.print(table, "")
    console.print(NOTE)
    if any(figures["disturbed_runs"] for figures in intake.values()) or any(
        one["disturbed"] for one in latency.values()
    ):
        console.print("Others used this machine during some runs: the figures are worth less. Repeat when it is calm.")
    print(json.dumps({"machine": surroundings, "intake": intake, "latency": latency}))


def show_sync(surroundings: Mapping[str, Any], figures: Mapping[str, Mapping[str, Any]]) -> None:
    """The table, and its own line of JSON."""
    table = _table("Sync of a menu of 5,000 products with modifiers", "s", "each round", "rows written", "others")
    for name, own in figures.items():
        each = " ".join(f"{seconds:.2f}" for seconds in own["all_s"])
        rows = " ".join(f"{rows:,}" for rows in sorted(set(own["rows"])))
        others = "-" if own["others_cores"] is None else f"{own['others_cores']:.2f}"
        table.add_row(name, f"{own['s']:.2f}", each, rows, others)
    Console().print(table, "")
    print(json.dumps({"machine": surroundings, "sync": figures}))


def _intake_table(variants: Sequence[Variant], figures: Mapping[str, Mapping[str, Any]]) -> Table:
    title = "Accepting orders, 32 connections; median of the rounds"
    table = _table(title, "ratio", "each round", "202s/s", "p50 ms", "p99 ms", "at POS/s")
    for name, words, own in _rows(variants, figures):
        table.add_row(
            words,
            f"{own['ratio']:.2f}",
            " ".join(f"{ratio:.2f}" for ratio in own["ratios"]),
            f"{own['per_s']:,}",
            f"{own['p50_ms']:.1f}",
            f"{own['p99_ms']:.1f}",
            f"{own['sent_per_s']:,}" if name in ("both", "apart") else "-",
        )
    return table


def _cores_table(variants: Sequence[Variant], figures: Mapping[str, Mapping[str, Any]]) -> Table:
    table = _table("Cores used while accepting", *PARTS.values(), "others", "server us/202")
    for _, words, own in _rows(variants, figures):
        cores = [own["cores"].get(part) for part in PARTS]
        shares = ("-" if one is None else f"{one:.2f}" for one in (*cores, own["others_cores"]))
        table.add_row(words, *shares, "-" if own["server_us"] is None else f"{own['server_us']:.0f}")
    return table


def _latency_table(variants: Sequence[Variant], figures: Mapping[str, Mapping[str, Any]]) -> Table:
    title = "Milliseconds from sending the POST, one order at a time on an idle system"
    table = _table(title, "202, p50", "p99", "at the POS, p50", "p99", "orders")
    for _, words, own in _rows(variants, figures):
        milliseconds = (own[key] for key in ("accepted_p50_ms", "accepted_p99_ms", "at_pos_p50_ms", "at_pos_p99_ms"))
        table.add_row(words, *(f"{value:.1f}" for value in milliseconds), f"{own['orders']}")
    return table


def _rows(
    variants: Sequence[Variant], figures: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    return ((one.name, one.words, figures[one.name]) for one in variants if one.name in figures)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=column == "each round")
    return table
