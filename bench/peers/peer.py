"""What the runner knows of a contender.

The order of things: `prepared` (a fresh database of its own), perhaps `backlog`, then `served`; `delivered` at any
time. A contender's workers may begin before `served` is entered: time a drain by the receiver's clock.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

DELIVERIES = 80
"""Deliveries under way at once, at most: as many as order-relay has for twenty restaurants with four each."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """It runs: orders go to `{url}/v1/orders`, the POS's words to `{url}/callback`."""

    url: str
    parts: Mapping[str, int]
    """Name of the part -> process id. Processes that a part starts count for it. Without PostgreSQL."""


class Peer(Protocol):
    """One contender."""

    @property
    def name(self) -> str: ...

    @property
    def words(self) -> str:
        """For tables."""

    @property
    def durable(self) -> bool:
        """Whether order and delivery job are stored in one commit, so that a crash loses neither."""

    @property
    def stores(self) -> bool:
        """Whether it has a database: without one there is no `backlog`, and only the receiver knows what arrived."""

    @property
    def note(self) -> str:
        """What it lacks, or how it was tuned."""

    def available(self) -> str | None:
        """None: it can run here. Else why not."""

    async def prepared(self, server_url: str) -> str:
        """A fresh database for it on that PostgreSQL, with its tables; the database's URL. While it does not run."""

    def served(self, database_url: str, deliver_to: str, *, workers: bool) -> AbstractContextManager[Served]:
        """Runs it. `deliver_to`: the whole URL for the POST of each order. Without workers it only accepts."""

    async def backlog(self, database_url: str, orders: int) -> None:
        """Stores that many orders that wait for delivery, past HTTP. While it does not run."""

    async def delivered(self, database_url: str) -> int:
        """Orders whose row says so."""

    async def finished(self, database_url: str) -> int:
        """Orders that are in their final state, after three callbacks."""


def callback(location: str, reference: str, word: str) -> dict[str, str]:
    """The body of a callback. Words: accepted, ready, closed; after closed the order is finished."""
    return {"location": location, "reference": reference, "word": word}


WORDS = ("accepted", "ready", "closed")
