"""What every scene of the demo needs: both POSs and the product at hand, a look at an order, and words to people."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from app.cli.demo.evening import Planned
from app.cli.demo.stage import Stage

LOOK_EVERY_S = 0.25

View = Mapping[str, Any]


class Show(Protocol):
    """Shows people what happens."""

    def update(self, views: Sequence[View]) -> None:
        """The orders as they stand now."""

    def say(self, words: str) -> None:
        """Something else that happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Waits for ever: whoever plays gives up when the evening is over."""

    stage: Stage
    show: Show

    async def submit(self, order: Mapping[str, Any]) -> httpx.Response:
        """The answer of the API, whatever it is."""
        return await self.stage.api.post("/v1/orders", json=order)

    async def submitted(self, planned: Planned) -> None:
        """An order that must be taken."""
        answer = await self.submit(planned.order)
        if answer.status_code != 202:
            raise RuntimeError(f"{planned.reference} was not taken: {answer.status_code} {answer.text}")

    async def orders(self, **filters: str) -> Mapping[str, View]:
        """As they stand now, by the website's own number."""
        answer = await self.stage.api.get("/v1/orders", params={"limit": 200, **filters})
        return {view["reference"]: view for view in answer.raise_for_status().json()["items"]}

    async def when(self, reference: str, condition: Callable[[View], bool]) -> View:
        """The order, once it is so."""
        while True:
            view = (await self.orders(reference=reference)).get(reference)
            if view is not None and condition(view):
                return view
            await asyncio.sleep(LOOK_EVERY_S)


def on_the_till(view: View) -> bool:
    """Whether the restaurant sees it."""
    return view["milestones"]["accepted_at"] is not None
