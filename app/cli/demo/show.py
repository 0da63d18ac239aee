"""The demo on a terminal: a live table; elsewhere: a line for each order that ended."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from app.cli.demo.scene import Show, View

WIDTHS = {"reference": 13, "POS": 7, "service": 8, "status": 14, "dispatch": 8, "attempts": 8, "last word": None}
"""None: what is left of the line."""
ROWS = 28
COLOURS = {"completed": "green", "rejected": "red", "in_doubt": "bold magenta", "received": "dim", "sending": "cyan"}


@contextmanager
def shown(console: Console) -> Iterator[Show]:
    """The show for this console."""
    if not console.is_terminal or console.height < ROWS:  # a table that does not fit would scroll for ever
        yield Lines(console)
        return
    with Live(console=console, auto_refresh=False) as live:
        yield LiveTable(live)


class LiveTable:
    """All orders, again and again."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def update(self, views: Sequence[View]) -> None:
        """Draws the table anew."""
        table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
        for name, width in WIDTHS.items():
            table.add_column(name, overflow="ellipsis", no_wrap=True, width=width, ratio=None if width else 1)
        for view in views:
            table.add_row(*_cells(view))
        self._live.update(Group(table, Text(), Text(_counted(views), style="bold")), refresh=True)

    def say(self, words: str) -> None:
        """Above the table, which stays where it is."""
        self._live.console.print(Text(words, style="yellow"))


class Lines:
    """For logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()
        self._ended: set[str] = set()

    def update(self, views: Sequence[View]) -> None:
        """A line for each order that came to its end."""
        for view in views:
            if view["final"] and view["reference"] not in self._ended:
                self._ended.add(view["reference"])
                attempts = view["dispatch"]["attempts"]
                times = "one attempt" if attempts == 1 else f"{attempts} attempts"
                word = _last_word(view)
                self.say(f"{view['reference']:<14} {view['pos']['system']:<8} {view['status']} after {times} ({word})")

    def say(self, words: str) -> None:
        """With the seconds since the beginning."""
        self._console.print(Text(f"{time.monotonic() - self._began:5.1f} s  {words}"), soft_wrap=True)


def _cells(view: View) -> Iterator[Text]:
    yield Text(view["reference"])
    yield Text(view["pos"]["system"])
    yield Text(view["service_type"].replace("_", " "))
    yield _coloured(view["status"])
    yield _coloured(view["dispatch"]["state"])
    yield Text(str(view["dispatch"]["attempts"]), justify="right")
    yield Text(_last_word(view))


def _coloured(word: str) -> Text:
    return Text(word, style=COLOURS.get(word, ""))


def _last_word(view: View) -> str:
    failure = view["failure"]
    return str(failure["pos_message"] or failure["message"]) if failure else str(view["pos"]["status"] or "")


def _counted(views: Sequence[View]) -> str:
    counts = Counter(str(view["status"]) for view in views)
    return f"{len(views)} orders: " + ", ".join(f"{number} {word}" for word, number in sorted(counts.items()))
