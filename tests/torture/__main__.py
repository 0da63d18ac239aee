"""python -m tests.torture: the fault campaign (docs/reliability.md). Exit status 1: a guarantee was broken."""

import argparse
import json
import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.torture import campaign
from tests.torture.kinds import Kind
from tests.torture.postgres import Database, small_disk
from tests.torture.report import as_json, as_markdown

WORK_S_PER_ORDER = 0.2
"""Far more than an order takes: a campaign that takes longer is stuck."""


def main(words: list[str] | None = None) -> int:
    asked = _asked(words)
    # Not below /tmp's private places: as root PostgreSQL runs as another user, who must get there.
    with TemporaryDirectory(prefix="order-relay-torture-") as name:
        Path(name).chmod(0o711)
        disk = Path(name) / "disk"
        disk.mkdir(mode=0o711)
        with small_disk(disk) as why_not:
            skipped = {Kind.DISK_FULL: why_not} if why_not else {}
            database = Database(disk, small_disk=why_not is None)
            result = campaign.run(_plan(asked), Path(name), database, skipped)
    report = as_json(result)
    if asked.report:
        asked.report.write_text(json.dumps(report, indent=1) + "\n")
    sys.stdout.write(as_markdown(report))
    return 1 if report["violations"] else 0


def _plan(asked: argparse.Namespace) -> campaign.Plan:
    return campaign.Plan(
        orders=asked.orders,
        seed=asked.seed,
        kinds=asked.faults,
        seconds_limit=asked.seconds_limit or 300 + asked.orders * WORK_S_PER_ORDER,
        settle_limit=asked.settle_limit,
        longest_pause_s=asked.longest_pause,
    )


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
    parser.add_argument("--report", type=Path, help="write the whole report to this file, as JSON")
    return parser.parse_args(words)


def _kinds(text: str) -> tuple[Kind, ...]:
    return tuple(Kind(name.strip()) for name in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
