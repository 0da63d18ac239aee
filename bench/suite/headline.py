"""The numbers that everything is about, each a ratio inside the run where it can be one."""

from collections.abc import Callable, Mapping
from typing import Any

from bench.suite.rounds import Findings

All = Mapping[str, Findings]
PEERS = ("orm", "procrastinate", "pgqueuer", "celery")


def _ratio(of: str, mine: str, theirs: str, number: str = "per_s") -> tuple[str, Callable[[Findings], float | None]]:
    return of, lambda findings: findings.ratio(mine, theirs, number)


def _median(of: str, contender: str, number: str) -> tuple[str, Callable[[Findings], float | None]]:
    return of, lambda findings: findings.median(contender, number)


def _best_peer(findings: Findings) -> float | None:
    medians = {name: findings.median(name, "per_core") for name in findings.contenders if not name.startswith("relay")}
    known = {name: median for name, median in medians.items() if median is not None}
    return findings.ratio("relay", max(known, key=lambda name: known[name]), "per_core") if known else None


NUMBERS: Mapping[str, tuple[str, Callable[[Findings], float | None]]] = {
    "intake_vs_validate": _ratio("intake", "relay", "plain"),
    "intake_vs_orm": _ratio("intake", "relay", "orm"),
    "intake_p99_ms": _median("intake", "relay", "p99_ms"),
    "intake_4_vs_single_statement": _ratio("intake", "relay", "relay_single", "few_per_s"),
    "intake_slow_disk_vs_own": _ratio("slow_disk", "relay", "relay_fast"),
    "delivery_vs_pgqueuer": _ratio("delivery", "relay", "pgqueuer"),
    "delivery_vs_procrastinate": _ratio("delivery", "relay", "procrastinate"),
    "pipeline_vs_best_peer": ("pipeline", _best_peer),
    "callbacks_vs_validate": _ratio("callbacks", "relay", "plain"),
    "reads_vs_validate": _ratio("reads", "relay", "plain"),
    "hanging_half_p99_ratio": _ratio("hanging", "half", "well", "p99_ms"),
    "backlog_slowdown": _ratio("fullness", "small", "full"),
    "idle_accept_to_pos_ms_p50": _median("idle", "relay_both", "to_pos_p50_ms"),
    "idle_accept_to_pos_ms_p99": _median("idle", "relay_both", "to_pos_p99_ms"),
    "idle_answer_to_pos_ms_p50": _median("idle", "relay_both", "answer_to_pos_p50_ms"),
    "idle_answer_to_pos_ms_p99": _median("idle", "relay_both", "answer_to_pos_p99_ms"),
    "waiting_clients": _median("waiting", "relay", "waiting"),
    "waiting_transactions_per_s": _median("waiting", "relay", "transactions_per_s"),
    "waiting_answered": _median("waiting", "relay", "answered"),
    "rss_mb_api": _median("memory", "relay", "rss_mb_api"),
    "rss_mb_worker": _median("memory", "relay", "rss_mb_worker"),
    "rss_after_orders": _median("memory", "relay", "rss_after_orders"),
    "start_to_ready_s": _median("memory", "start", "start_to_ready_s"),
}
"""Name -> the measurement that it comes from, and how. `idle_accept_to_pos` counts from sending the POST to its first
byte at the POS, one process doing both; `idle_answer_to_pos` from the 202."""


def headline(found: All, missing: Mapping[str, str]) -> dict[str, Any]:
    """All of them; what could not be measured is null, and `<name>_reason` says why. `missing`: measurements that did
    not come about."""
    numbers: dict[str, Any] = {}
    for name, (of, number) in NUMBERS.items():
        value = number(found[of]) if of in found else None
        numbers[name] = None if value is None else float(f"{value:.4g}")
        if value is None:
            numbers[f"{name}_reason"] = missing.get(of) or _why(found.get(of))
    return numbers


def _why(findings: Findings | None) -> str:
    if findings is None:
        return "not asked for"
    return "; ".join(f"{name}: {why}" for name, why in findings.failures.items())[:600] or "nothing to compare with"
