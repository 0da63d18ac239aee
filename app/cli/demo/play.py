"""What happens in the demo: orders come in, a POS goes away and comes back, everything comes to its end."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from app.cli.demo.evening import Planned
from app.cli.demo.restaurants import LAUSANNE_BUSINESS
from app.cli.demo.stage import Stage

LOOK_EVERY_S = 0.25
LONGEST_S = 90.0
"""Then the demo says what is missing."""
OUTAGE = {"kind": "status", "status": 503, "match": {"location": str(LAUSANNE_BUSINESS)}}
OUTAGE_S = 2.5

View = Mapping[str, Any]


class Show(Protocol):
    """Shows people what happens."""

    def update(self, views: Sequence[View]) -> None:
        """The orders as they stand now."""

    def say(self, words: str) -> None:
        """Something else that happened."""


async def play(stage: Stage, orders: Sequence[Planned], show: Show) -> Sequence[View]:
    """The orders as the API shows them at the end, in the order in which they were submitted."""
    async with asyncio.TaskGroup() as group:
        planted = await stage.ikentoo.post("/_sim/faults", json=OUTAGE)
        planted.raise_for_status()
        group.create_task(_heal(stage, planted.json()["id"], show))
        await asyncio.gather(*(_submit(stage, planned) for planned in orders))
        return await _until_all_ended(stage, orders, show)
    raise AssertionError


async def _submit(stage: Stage, planned: Planned) -> None:
    answer = await stage.api.post("/v1/orders", json=planned.order)
    if answer.status_code != 202:
        raise RuntimeError(f"{planned.reference} was not taken: {answer.status_code} {answer.text}")


async def _heal(stage: Stage, fault_id: int, show: Show) -> None:
    show.say("The POS of lausanne-1 answers 503 to everything.")
    await asyncio.sleep(OUTAGE_S)
    (await stage.ikentoo.delete(f"/_sim/faults/{fault_id}")).raise_for_status()
    show.say("The POS of lausanne-1 is back.")


async def _until_all_ended(stage: Stage, orders: Sequence[Planned], show: Show) -> Sequence[View]:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LONGEST_S
    while True:
        answer = await stage.api.get("/v1/orders", params={"limit": 200})
        by_reference = {view["reference"]: view for view in answer.raise_for_status().json()["items"]}
        views = [by_reference[planned.reference] for planned in orders]
        show.update(views)
        if all(view["final"] for view in views) or loop.time() > deadline:
            return views
        await asyncio.sleep(LOOK_EVERY_S)
