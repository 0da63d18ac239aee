"""The medians as bars, the rounds as points. Where matplotlib is installed (the contenders' environment has it)."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from bench.suite.rounds import Findings
from bench.suite.tables import SHAPES, Shape

OURS, THEIRS = "#1f6f5c", "#9aa5b1"


def draw(found: Mapping[str, Findings], place: Path) -> list[Path]:
    """An SVG for each measurement that compares something. Raises ImportError."""
    mpl = import_module("matplotlib")  # in another environment than the runner's
    mpl.use("Agg")
    mpl.rcParams.update({"svg.hashsalt": "order-relay", "svg.fonttype": "none"})  # the same figures: the same file
    place.mkdir(parents=True, exist_ok=True)
    wanted = [(name, one) for name, one in found.items() if SHAPES[name].ratio and one.samples]
    return [_bars(SHAPES[name], one, place / f"{name}.svg") for name, one in wanted]


def _bars(shape: Shape, found: Findings, path: Path) -> Path:
    pyplot = import_module("matplotlib.pyplot")
    number, head = next(iter(shape.numbers.items()))
    names = [name for name in found.contenders if found.values(name, number)][::-1]
    figure, axis = pyplot.subplots(figsize=(8, 0.6 + 0.42 * len(names)))
    medians = [found.median(name, number) or 0.0 for name in names]
    colours = [OURS if name.startswith(("relay", "full", "small", "half", "well")) else THEIRS for name in names]
    axis.barh([found.contenders[name] for name in names], medians, color=colours, height=0.6)
    for place, name in enumerate(names):
        values = found.values(name, number)
        axis.plot(values, [place] * len(values), "o", color="black", markersize=2.5)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    axis.set_title(shape.title, fontsize=10, loc="left")
    axis.set_xlabel(head, fontsize=8)
    axis.tick_params(labelsize=8)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return path
