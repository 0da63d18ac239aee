"""python -m tests.torture: the fault campaign (docs/reliability.md). Exit status 1: a guarantee was broken."""

import argparse
import json
import random
import signal
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.torture import campaign
from tests.torture.breaking import BREAKAGES, broken_copy
from tests.torture.kinds import Kind
from tests.torture.postgres import Database, small_disk
from tests.torture.report import as_json, as_markdown

WORK_S_PER_ORDER = 0.2
"""Far more than an order takes: a campaign that takes longer is stuck."""

BRIEF: dict[str, Any] = {"orders": 240, "settle_limit": 25, "longest_pause_s": 2}
"""A campaign on a broken product: little is enough, and much of it will not settle."""


def main(words: list[str] | None = None) -> int:
    asked = _asked(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing is left running
    # The directory is passable: as root PostgreSQL runs as another user, who must get to its files.
    with TemporaryDirectory(prefix="order-relay-torture-") as name:
        directory = Path(name)
        directory.chmod(0o711)
        report = _run(_plan(asked, directory), directory)
    if asked.report:
        asked.report.write_text(json.dumps(report, indent=1) + "\n")
    sys.stdout.write(as_markdown(report))
    if asked.broken is None:
        return 1 if report["violations"] else 0
    wanted = BREAKAGES[asked.broken].noticed_as
    times = sum(wanted in words for words in report["violations"])
    sys.stdout.write(f"\n{asked.broken} was broken on purpose; noticed {times} times as {wanted!r}\n")
    return 0 if times else 1


def _run(plan: campaign.Plan, directory: Path) -> dict[str, Any]:
    disk = directory / "disk"
    disk.mkdir(mode=0o711)
    with small_disk(disk) as why_not:
        skipped = {Kind.DISK_FULL: why_not} if why_not else {}
        return as_json(campaign.run(plan, directory, Database(disk, small_disk=why_not is None), skipped))


def _plan(asked: argparse.Namespace, directory: Path) -> campaign.Plan:
    plan = campaign.Plan(
        orders=asked.orders,
        seed=asked.seed,
        kinds=asked.faults,
        seconds_limit=asked.seconds_limit or 300 + asked.orders * WORK_S_PER_ORDER,
        settle_limit=asked.settle_limit,
        longest_pause_s=asked.longest_pause,
    )
    if asked.broken is None:
        return plan
    breakage = BREAKAGES[asked.broken]
    copy = broken_copy(asked.broken, directory / "broken")
    return replace(plan, kinds=breakage.kinds, marks=breakage.marks, python_path=copy, **BRIEF)


def _asked(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="default: a random one; it is told")
    parser.add_argument(
        "--faults", type=_kinds, default=tuple(Kind), help=f"comma-separated, of: {', '.join(Kind)}; default: all"
    )
    parser.add_argument("--seconds-limit", type=float, help="of the ordering; what was not asked for then is left out")
    parser.add_argument("--settle-limit", type=float, default=300, help="seconds (300)")
    parser.add_argument("--longest-pause", type=float, default=5, help="seconds between two faults (5)")
    parser.add_argument(
        "--break", dest="broken", choices=BREAKAGES, help="break this guarantee first, and fail unless that is noticed"
    )
    parser.add_argument("--report", type=Path, help="write the whole report to this file, as JSON")
    return parser.parse_args(words)


def _kinds(text: str) -> tuple[Kind, ...]:
    return tuple(Kind(name.strip()) for name in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
