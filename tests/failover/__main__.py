"""python -m tests.failover: what a fail-over under Patroni does to orders (docs/operations/scale-out.md).

Exit status 1: an order was lost, doubled or mislabelled, an answer hung, or something was taken on the cut-off side;
2: it cannot be done here, and standard error says what to install.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.failover.faults import NAMES
from tests.failover.figures import as_json, as_markdown
from tests.failover.packages import install, missing
from tests.failover.patroni import TIMINGS
from tests.failover.scenario import play
from tests.failover.stage import LAYOUTS, stage


def main(words: list[str] | None = None) -> int:
    asked = _asked(words)
    if asked.install:
        install(pooler=asked.pgbouncer)
    if (why := missing(pooler=asked.pgbouncer)) is not None:
        sys.stderr.write(f"No fail-over here: {why}\n")
        return 2
    runs: list[dict[str, Any]] = []
    for run in _runs(asked):
        runs.append(run)
        sys.stderr.write(json.dumps(run) + "\n")
        if asked.report:
            asked.report.write_text(json.dumps(runs, indent=1) + "\n")
    sys.stdout.write(as_markdown(runs))
    return 1 if any(run["findings"] for run in runs) else 0


def _runs(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    faults = NAMES if "all" in asked.faults else asked.faults
    with stage(asked.timing, electors=asked.etcd, pooled=asked.pgbouncer) as found:
        try:
            for number, name in enumerate(list(faults) * asked.repeat):
                prefix = f"{name}{number}"
                yield as_json(play(found, name, prefix=prefix, electors=asked.etcd, pooled=asked.pgbouncer))
        finally:
            if asked.logs:
                shutil.copytree(found.hosts.directory, asked.logs, ignore=_only_logs, dirs_exist_ok=True)


def _only_logs(directory: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".log")]


def _asked(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.failover", description=__doc__)
    parser.add_argument("faults", nargs="*", choices=[*NAMES, "all"], default="all", help="default: all in turn")
    parser.add_argument("--timing", choices=[*TIMINGS], default="FAST", help="of Patroni (FAST: for tests only)")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument(
        "--etcd",
        choices=[*LAYOUTS],
        default="1",
        help="nodes, on hosts of their own; beside: two of 3 on database hosts",
    )
    parser.add_argument("--pgbouncer", action="store_true", help="one in transaction mode on each database host")
    parser.add_argument("--install", action="store_true", help="first install what is missing (Debian, as root)")
    parser.add_argument("--logs", type=Path, help="keep the logs of all processes in this directory")
    parser.add_argument("--report", type=Path, help="write all figures to this file, as JSON")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
