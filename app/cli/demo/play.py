"""What happens in the demo: orders come in, people do what people do, everything comes to its end."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

from app.cli.demo.evening import AFTER_THE_EDIT, CALLED_OFF, MISTAKEN, Planned
from app.cli.demo.guests import calls_off, pays_at_the_table
from app.cli.demo.restaurants import ZHYTOMYR
from app.cli.demo.scene import LOOK_EVERY_S, Scene, Show, View
from app.cli.demo.stage import Stage
from app.cli.demo.trouble import (
    back_office_edits,
    checkout_forgets,
    oysters_run_out,
    pos_comes_back,
    pos_goes_away,
)

LONGEST_S = 90.0
"""Then the demo says what is missing."""
LATER = (MISTAKEN, AFTER_THE_EDIT)


async def play(stage: Stage, orders: Sequence[Planned], show: Show) -> Mapping[str, View]:
    """The orders as the API shows them at the end, by the website's own number."""
    scene = Scene(stage=stage, show=show)
    fault_id = await pos_goes_away(scene)
    await oysters_run_out(scene)
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_S), asyncio.TaskGroup() as group:
            for planned in orders:
                if planned.reference not in LATER:
                    group.create_task(scene.submitted(planned))
            group.create_task(pos_comes_back(scene, fault_id))
            _people(group, scene, orders)
            await _until_all_ended(scene, orders)
    return await scene.orders()


def _people(group: asyncio.TaskGroup, scene: Scene, orders: Sequence[Planned]) -> None:
    named = {planned.reference: planned for planned in orders}
    before = [planned for planned in orders if planned.location == ZHYTOMYR and planned.reference != AFTER_THE_EDIT]
    group.create_task(checkout_forgets(scene, named[MISTAKEN]))
    group.create_task(back_office_edits(scene, named[AFTER_THE_EDIT], before))
    group.create_task(calls_off(scene, named[CALLED_OFF]))
    for planned in orders:
        if planned.pays_at_the_table:
            group.create_task(pays_at_the_table(scene, planned))


async def _until_all_ended(scene: Scene, orders: Sequence[Planned]) -> None:
    while True:
        views = await scene.orders()
        there = [views[planned.reference] for planned in orders if planned.reference in views]
        scene.show.update(there)
        if len(there) == len(orders) and all(view["final"] for view in there):
            return
        await asyncio.sleep(LOOK_EVERY_S)
