"""A website with a bounded number of new orders a second, however long a fault lasts."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from tests.hosts.website import Website

APART_S = 0.25
"""Between two new orders of one website: the kitchens keep up, and a long fault leaves a number that can be checked."""


class Paced(Iterator[int]):
    """Numbers, one at a time, for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 0
        self._last = 0.0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> int:
        with self._lock:
            time.sleep(max(0.0, self._last + APART_S - time.monotonic()))
            self._last = time.monotonic()
            self._next += 1
            return self._next


@dataclass(kw_only=True)
class Visitors(Website):
    """As every website of these tests, at its own pace."""

    _numbers: Iterator[int] = field(default_factory=Paced)
