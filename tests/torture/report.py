"""The report: a JSON document, and the same as Markdown tables for people."""

from collections.abc import Mapping
from typing import Any

from tests.torture.campaign import Result

SHOWN = 50


def as_json(result: Result) -> dict[str, Any]:
    plan, told, verdict = result.plan, result.told, result.verdict
    taken = len({promise.id for promise in told.promises})
    return {
        "seed": plan.seed,
        "orders": {
            "asked_for": plan.orders,
            "answered_202_or_200": taken,
            "never_answered": len(told.unanswered),
            "at_the_pos": verdict.at_the_pos,
        },
        "violations": verdict.violations,
        "flagged_doubles": verdict.flagged_doubles,
        "outcomes": dict(verdict.outcomes.most_common()),
        "not_at_the_pos": dict(verdict.refused.most_common()),
        "attention": dict(verdict.attention.most_common()),
        "doubts": dict(result.facts["doubts"]),
        "still_under_way": result.left,
        "faults": {kind.value: result.faults[kind] for kind in plan.kinds if kind not in result.skipped},
        "skipped": {kind.value: why for kind, why in result.skipped.items()},
        "pos_requests_spoiled_by_faults": result.requests_spoiled,
        "orders_marked_for_trouble_at_the_pos": dict(result.marks.most_common()),
        "answers_to_the_website": dict(told.answers.most_common()),
        "processes_that_ended_by_themselves": dict(result.deaths),
        "seconds": {
            "ordering": round(result.ordering_s),
            "settling": round(result.settling_s),
            "checking": round(result.checking_s),
        },
        "orders_per_s": round(taken / result.ordering_s, 1) if result.ordering_s else None,
        "stories_read": verdict.stories_read,
        "attempts": dict(result.facts["attempts"].most_common()),
        "history": dict(result.facts["history"].most_common()),
        "strikes": result.log,
        "evidence": result.evidence,
    }


def as_markdown(report: Mapping[str, Any]) -> str:
    """Only what people want to see; the rest is in the JSON."""
    orders, seconds = report["orders"], report["seconds"]
    rows = {
        "seed": report["seed"],
        "orders answered 202 or 200": f"{orders['answered_202_or_200']:,}",
        "orders at the POSs": f"{orders['at_the_pos']:,}",
        "**violations**": f"**{len(report['violations'])}**",
        "doubles that were flagged": report["flagged_doubles"],
        "outcomes": _listed(report["outcomes"]),
        "not at the POS, because": _listed(report["not_at_the_pos"]),
        "attention at the end": _listed(report["attention"]),
        "doubts": _listed(report["doubts"]),
        "seconds": _listed(seconds),
        "orders a second, faults included": report["orders_per_s"],
        "answers to the website": _listed(report["answers_to_the_website"]),
        "order stories read line by line": f"{report['stories_read']:,}",
        "ended by itself": _listed(report["processes_that_ended_by_themselves"]) or "no process",
    }
    parts = [
        _table(("", ""), rows),
        _table(("fault", "times"), {**report["faults"], **{name: f"skipped: {why}" for name, why in _skipped(report)}}),
        _table(("orders marked for trouble at the POS", "orders"), report["orders_marked_for_trouble_at_the_pos"]),
    ]
    return "\n\n".join([*parts, *_violations(report)]) + "\n"


def _skipped(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    return list(report["skipped"].items())


def _violations(report: Mapping[str, Any]) -> list[str]:
    found = report["violations"]
    if not found:
        return []
    shown = [f"- {words}" for words in found[:SHOWN]]
    more = [f"- and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return [f"Violations, with seed {report['seed']}:", "\n".join([*shown, *more])]


def _listed(counts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _table(head: tuple[str, str], rows: Mapping[str, Any]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())]
    return "\n".join(lines)
