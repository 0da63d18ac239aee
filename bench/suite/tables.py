"""What came out, as Markdown: ratios first, then medians, then who used the cores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.suite.rounds import Findings

FEWEST_DIGITS = 100


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How the table of one measurement looks."""

    title: str
    ratio: str | None
    """Of this number, to the first contender; None: nothing is compared."""
    numbers: Mapping[str, str]
    """Number -> the head of its column. The first one is also plotted."""


_TIMES = {"p50_ms": "p50 ms", "p99_ms": "p99 ms"}
_FEW = {"few_per_s": "4 connections: orders/s", "few_p50_ms": "p50 ms", "few_p99_ms": "p99 ms"}
SHAPES: Mapping[str, Shape] = {
    "intake": Shape(
        title="Accepting orders, 32 connections (and 4)",
        ratio="per_s",
        numbers={"per_s": "orders/s", **_TIMES, **_FEW},
    ),
    "slow_disk": Shape(
        title="Accepting orders where each sync takes a millisecond more",
        ratio="per_s",
        numbers={"per_s": "orders/s", **_TIMES, **_FEW},
    ),
    "delivery": Shape(
        title="Delivering a backlog, one worker process",
        ratio="per_s",
        numbers={"per_s": "deliveries/s", "cpu_us": "CPU us an order", "delivered": "orders"},
    ),
    "fullness": Shape(
        title="Delivering from full tables",
        ratio="per_s",
        numbers={"per_s": "deliveries/s", "cpu_us": "CPU us an order", "delivered": "orders"},
    ),
    "pipeline": Shape(
        title="The whole pipeline: accept, deliver, three callbacks, final state",
        ratio="per_core",
        numbers={"per_core": "orders for a second of CPU", "per_s": "orders/s", **_TIMES, "orders": "orders"},
    ),
    "idle": Shape(
        title="One order at a time on an idle system, ms",
        ratio="to_pos_p50_ms",
        numbers={
            "to_pos_p50_ms": "POST to POS, p50", "to_pos_p99_ms": "p99",
            "answer_to_pos_p50_ms": "202 to POS, p50", "answer_to_pos_p99_ms": "p99",
            "answer_p50_ms": "POST to 202, p50", "answer_p99_ms": "p99",
        },
    ),
    "hanging": Shape(
        title="From the POST to the POS at the half that is well, ms",
        ratio="p99_ms",
        numbers={"p99_ms": "p99", "p50_ms": "p50", "orders": "orders", "refused": "refused"},
    ),
    "callbacks": Shape(
        title="Callbacks, 32 connections",
        ratio="per_s",
        numbers={"per_s": "callbacks/s", **_TIMES, "understood_per_s": "understood/s"},
    ),
    "reads": Shape(
        title="Status reads, 32 connections",
        ratio="per_s",
        numbers={"per_s": "reads/s", **_TIMES},
    ),
    "waiting": Shape(
        title="Clients that wait (`Prefer: wait`)",
        ratio=None,
        numbers={
            "transactions_per_s": "transactions/s while they wait", "without_clients_per_s": "without clients",
            "waiting": "waiting", "answered": "answered", "with_news": "with news",
            "all_answered_s": "all answered after s",
        },
    ),
    "memory": Shape(
        title="Memory, MB, and start, s",
        ratio=None,
        numbers={
            "rss_mb_api": "API", "rss_mb_worker": "worker", "rss_after_orders": "after orders",
            "rss_mb_api_fresh": "API, fresh", "rss_mb_worker_fresh": "worker, fresh",
            "start_to_ready_s": "start to ready",
        },
    ),
}  # fmt: skip


def table(shape: Shape, found: Findings) -> str:
    """One measurement."""
    heads = ["", *(["ratio", "each round"] if shape.ratio else []), *shape.numbers.values()]
    lines = [f"### {shape.title}", "", _row(heads), _row(["---"] * len(heads))]
    for name, words in found.contenders.items():
        lines.append(_row([words, *_ratios(shape, found, name), *_numbers(shape, found, name)]))
    lines += ["", *(f"- {note}." for note in found.notes)]
    lines += [f"- {found.contenders[name]}: {_one_line(why)}" for name, why in found.failures.items()]
    return "\n".join([*lines, "", _cores(found), ""])


def _ratios(shape: Shape, found: Findings, name: str) -> list[str]:
    if shape.ratio is None:
        return []
    first = next(iter(found.contenders))
    mine, theirs = found.values(name, shape.ratio), found.values(first, shape.ratio)
    ratio = found.ratio(name, first, shape.ratio)
    each = " ".join(f"{one / two:.2f}" for one, two in zip(mine, theirs, strict=False) if two)
    return ["-" if ratio is None else f"**{ratio:.2f}**", each or "-"]


def _numbers(shape: Shape, found: Findings, name: str) -> list[str]:
    return [_number(found.median(name, number)) for number in shape.numbers]


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= FEWEST_DIGITS or value == int(value) else f"{value:.2f}"


def _cores(found: Findings) -> str:
    """Who used the cores, on average; of others the worst round."""
    cores = {name: found.cores(name) for name in found.contenders}
    parts = list(dict.fromkeys(part for shares in cores.values() for part in shares))
    lines = [_row(["cores used", *parts]), _row(["---"] * (len(parts) + 1))]
    for name, shares in cores.items():
        if shares:
            used = [f"{shares[part]:.2f}" if part in shares else "-" for part in parts]
            lines.append(_row([found.contenders[name], *used]))
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _one_line(words: str) -> str:
    return " ".join(words.split())[:300]
