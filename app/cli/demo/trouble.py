"""The trouble of the evening: a POS that is away, a checkout that forgets a choice, a dish that is gone, new ids."""

import asyncio
from collections.abc import Sequence

from app.cli.demo.evening import Planned
from app.cli.demo.restaurants import LAUSANNE, LAUSANNE_BUSINESS, ZHYTOMYR
from app.cli.demo.scene import LOOK_EVERY_S, Scene, on_the_till

OUTAGE = {"kind": "status", "status": 503, "match": {"location": str(LAUSANNE_BUSINESS)}}
OUTAGE_S = 2.5
OYSTERS = "00044"


async def pos_goes_away(scene: Scene) -> int:
    """What brings it back."""
    planted = (await scene.stage.ikentoo.post("/_sim/faults", json=OUTAGE)).raise_for_status()
    scene.show.say(f"The POS of {LAUSANNE} answers 503 to everything.")
    return int(planted.json()["id"])


async def pos_comes_back(scene: Scene, fault_id: int) -> None:
    """After a while."""
    await asyncio.sleep(OUTAGE_S)
    (await scene.stage.ikentoo.delete(f"/_sim/faults/{fault_id}")).raise_for_status()
    scene.show.say(f"The POS of {LAUSANNE} is back.")


async def oysters_run_out(scene: Scene) -> None:
    """After the last sync, so that only the POS knows."""
    stopped = await scene.stage.iiko.post(f"/_sim/menu/products/{OYSTERS}/stop", json={"balance": 0})
    stopped.raise_for_status()
    scene.show.say(f"The kitchen of {ZHYTOMYR} runs out of oysters.")


async def checkout_forgets(scene: Scene, planned: Planned) -> None:
    """The order without its choices is refused, and nothing is stored; corrected it is taken."""
    order = planned.order
    bare = [{name: value for name, value in item.items() if name != "modifiers"} for item in order["items"]]
    answer = await scene.submit({**order, "items": bare})
    words = " ".join(error["message"] for error in answer.json().get("errors", []))
    scene.show.say(f"{planned.reference}: {answer.status_code} {words}")
    await scene.submitted(planned)
    scene.show.say(f"{planned.reference}: 202, corrected.")


async def back_office_edits(scene: Scene, planned: Planned, before: Sequence[Planned]) -> None:
    """New ids for everything that the settings name; then another order, by the names as they were."""
    await _all_sent(scene, [each.reference for each in before])
    (await scene.stage.iiko.post("/_sim/rotate", json={})).raise_for_status()
    scene.show.say(f"The back office of {ZHYTOMYR} edits: its terminals, order and payment types have new ids.")
    await scene.submitted(planned)
    view = await scene.when(planned.reference, on_the_till)
    story = (await scene.stage.api.get(f"/v1/orders/{view['id']}")).raise_for_status().json()["history"]
    for line in story:
        if line["event"] == "new_ids":
            scene.show.say(f"{planned.reference}: {line['detail']}")


async def _all_sent(scene: Scene, references: Sequence[str]) -> None:
    while True:
        views = await scene.orders(location=ZHYTOMYR)
        if all(each in views and views[each]["dispatch"]["state"] == "done" for each in references):
            return
        await asyncio.sleep(LOOK_EVERY_S)
