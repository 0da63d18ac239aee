"""Figures for the documentation, out of a result: `.venv-bench/bin/python -m bench.suite.figures RESULT DOCS`.

Writes performance-figures.md and the plots beside it. Needs matplotlib for the plots, and does without them elsewhere.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.suite.plots import draw
from bench.suite.result import read
from bench.suite.rounds import Findings
from bench.suite.tables import SHAPES, table

HEAD = """# Performance: the figures of one run

Written by `make bench ARGS="--write"`; [performance.md](performance.md) explains what was measured, and how to read it.
"""


def main() -> None:
    """The result's path, and the folder."""
    result, docs = Path(sys.argv[1]), Path(sys.argv[2])
    content, found = json.loads(result.read_text()), read(result)
    try:
        plots = draw(found, docs / "performance")
    except ImportError as error:
        print(f"no plots: {error}", file=sys.stderr)
        plots = []
    (docs / "performance-figures.md").write_text(page(content, found, plots))
    (docs / "performance" / "figures.json").write_text(json.dumps(content, indent=1) + "\n")


def page(content: Mapping[str, Any], found: Mapping[str, Findings], plots: Sequence[Path]) -> str:
    """Markdown."""
    machine = ", ".join(f"{name} {value}" for name, value in content["machine"].items())
    lines = [HEAD, f"Machine: {machine}.", "", "| headline | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in content["headline"].items() if not name.endswith("_reason")]
    drawn = {path.stem: path for path in plots}
    for name, one in found.items():
        lines += ["", table(SHAPES[name], one)]
        if name in drawn:
            lines.append(f"![{SHAPES[name].title}](performance/{drawn[name].name})")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
