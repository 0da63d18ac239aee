"""Does anything grow? The first third of a long run, without its warm-up, beside the last third."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

WARM_UP = 0.15
"""Of the samples: caches fill, pools open."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A number may grow from the first third to the last by this factor, or by this much, whichever is more."""

    words: str
    factor: float = 1.0
    more: float = 0.0


RULES: Mapping[str, Rule] = {
    "api_rss_mb": Rule(words="API: memory, MB", factor=1.08, more=8),
    "worker_rss_mb": Rule(words="worker: memory, MB", factor=1.08, more=8),
    "api_files": Rule(words="API: open files, without the guests'", more=40),
    "worker_files": Rule(words="worker: open files", more=40),
    "api_threads": Rule(words="API: threads", more=1),
    "worker_threads": Rule(words="worker: threads", more=1),
    "connections": Rule(words="connections to PostgreSQL", more=2),
    "p50_ms": Rule(words="202: p50, ms", factor=1.3, more=3),
    "p99_ms": Rule(words="202: p99, ms", factor=1.5, more=20),
    "backlog": Rule(words="orders that are not done", factor=1.3, more=50),
    "dead_share": Rule(words="submissions: dead rows, share of all", more=0.1),
    "lanes_dead": Rule(words="lanes: dead rows", factor=1.5, more=1000),
    "longest_transaction_s": Rule(words="longest transaction, s", more=1),
    "oldest_xmin": Rule(words="oldest xmin, transactions", factor=1.5, more=2000),
}


def judge(samples: Sequence[Mapping[str, float]]) -> dict[str, dict[str, Any]]:
    """By name: the medians of both thirds, the growth an hour, and whether that counts as flat."""
    kept = [{**one, "dead_share": _dead_share(one)} for one in samples[int(len(samples) * WARM_UP) :]]
    third = max(1, len(kept) // 3)
    return {
        name: _judged(rule, [one for one in kept[:third] if name in one], [one for one in kept[-third:] if name in one],
                      [one for one in kept if name in one], name)
        for name, rule in RULES.items()
    }  # fmt: skip


def _judged(rule: Rule, first: Sequence[Any], last: Sequence[Any], kept: Sequence[Any], name: str) -> dict[str, Any]:
    before = statistics.median(one[name] for one in first) if first else 0.0
    after = statistics.median(one[name] for one in last) if last else 0.0
    slope = _slope([(one["at_s"], one[name]) for one in kept]) * 3600
    return {
        "words": rule.words,
        "first": round(before, 3),
        "last": round(after, 3),
        "an_hour": round(slope, 2),
        "flat": after <= max(before * rule.factor, before + rule.more),
    }


def _dead_share(one: Mapping[str, float]) -> float:
    live, dead = one.get("submissions_live", 0.0), one.get("submissions_dead", 0.0)
    return dead / (live + dead) if live + dead else 0.0


def _slope(points: Sequence[tuple[float, float]]) -> float:
    if len(points) < 3:
        return 0.0
    times, values = zip(*points, strict=True)
    return statistics.linear_regression(times, values).slope


def table(findings: Mapping[str, Mapping[str, Any]]) -> str:
    """As Markdown."""
    lines = ["| | first third | last third | slope, an hour | flat |", "|---|---|---|---|---|"]
    for one in findings.values():
        yes = "yes" if one["flat"] else "**no**"
        lines.append(f"| {one['words']} | {one['first']:g} | {one['last']:g} | {one['an_hour']:+g} | {yes} |")
    return "\n".join(lines)


def plot(samples: Sequence[Mapping[str, float]], path: Path) -> None:
    """Where matplotlib is installed."""
    try:
        matplotlib = import_module("matplotlib")
    except ImportError:
        return
    matplotlib.use("Agg")
    pyplot = import_module("matplotlib.pyplot")
    panels = {
        "memory, MB": ("api_rss_mb", "worker_rss_mb"),
        "latency of 202, ms": ("p50_ms", "p99_ms"),
        "open files, connections": ("api_files", "worker_files", "connections"),
        "dead rows": ("submissions_dead", "orders_dead", "lanes_dead"),
        "backlog": ("backlog",),
    }
    figure, axes = pyplot.subplots(len(panels), 1, figsize=(9, 12), sharex=True)
    for axis, (title, names) in zip(axes, panels.items(), strict=True):
        for name in names:
            axis.plot([one["at_s"] / 60 for one in samples], [one.get(name) for one in samples], label=name)
        axis.set_title(title, fontsize=9)
        axis.legend(fontsize=7)
        axis.set_ylim(bottom=0)
    axes[-1].set_xlabel("minutes")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
