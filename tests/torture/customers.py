"""The guests' side: a website that asks the same again until it is answered, and remembers what it was told."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from tests.e2e.ledger import Promise
from tests.torture.orders import Planned
from tests.torture.places import place_of

ANSWER_S = 8.0
AGAIN_AFTER_S = 0.25
AGAIN = frozenset({429, 503})
"""Answers that ask for patience."""


@dataclass(kw_only=True)
class Told:
    """What the website was told. One small object an order: all that grows with the campaign."""

    promises: list[Promise] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    """By status, or by the class of an error of the connection."""
    wrong: list[str] = field(default_factory=list)
    """Answers that must not be."""
    unanswered: set[str] = field(default_factory=set)
    """Orders that nobody had an answer for when the campaign ran out of time: anything may have become of them."""


class Website:
    """So many guests at once, each with one order after the other."""

    def __init__(self, url: str, key: str, *, source: Iterator[Planned], guests: int) -> None:
        self.told = Told()
        self.open = asyncio.Event()
        """Cleared: no new order begins, as the kitchens have more than enough to do."""
        self.open.set()
        self._source = source
        self._guests = guests
        self._stop = asyncio.Event()
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=ANSWER_S,
            trust_env=False,
            limits=httpx.Limits(max_connections=guests * 2),
        )

    async def run(self) -> None:
        """Until all orders have an answer, or until it is stopped."""
        async with self._client, asyncio.TaskGroup() as group:
            for _ in range(self._guests):
                group.create_task(self._guest())

    def stop(self) -> None:
        self._stop.set()
        self.open.set()

    async def _guest(self) -> None:
        for order in self._source:
            await self.open.wait()
            if self._stop.is_set():
                return
            await self._serve(order)

    async def _serve(self, order: Planned) -> None:
        if order.asked == "twice":
            given = list(await asyncio.gather(self._insist(order), self._insist(order)))
        elif order.asked == "again":
            given = [await self._insist(order), await self._insist(order)]
        else:
            given = [await self._insist(order)]
        ids = {one for one in given if one is not None}
        if len(ids) > 1:
            self.told.wrong.append(f"{order.number}: asked {order.asked}, it has several ids: {sorted(ids)}")
        for one in ids:
            self.told.promises.append(Promise(id=one, number=order.number, place=place_of(order.slug)))

    async def _insist(self, order: Planned) -> str | None:
        """Its id, once the relay has it."""
        while not self._stop.is_set():
            try:
                answer = await self._client.post("/v1/orders", json=order.body)
            except httpx.TransportError as error:
                self.told.answers[type(error).__name__] += 1
            else:
                self.told.answers[str(answer.status_code)] += 1
                if answer.status_code in (200, 202):
                    return str(answer.json()["id"])
                if answer.status_code not in AGAIN:
                    self.told.wrong.append(f"{order.number}: answered {answer.status_code}: {answer.text[:300]}")
                    if answer.status_code < 500:
                        return None
            await asyncio.sleep(AGAIN_AFTER_S)
        self.told.unanswered.add(order.number)
        return None
