"""What guests do in the demo after they have ordered: pay at the table, change their mind."""

from app.cli.demo.evening import Planned
from app.cli.demo.scene import Scene, on_the_till

REASON = "the guest changed their mind"


async def pays_at_the_table(scene: Scene, planned: Planned) -> None:
    """What is outstanding on the check, as the till has it; the till then closes the check."""
    view = await scene.when(planned.reference, on_the_till)
    table, account = planned.order["table"]["number"], view["pos"]["account"]
    asked = await scene.stage.api.get(f"/v1/locations/{planned.location}/checks", params={"table": table})
    outstanding = {check["check"]: check["outstanding"] for check in asked.raise_for_status().json()["items"]}
    payment = {
        "location": planned.location,
        "reference": f"PAY-{planned.reference}",
        "check": account,
        "amount": outstanding[account],
        "method": "CARD",
    }
    (await scene.stage.api.post("/v1/payments", json=payment)).raise_for_status()
    await scene.when(planned.reference, lambda view: view["milestones"]["closed_at"] is not None)
    amount = f"{outstanding[account]} {view['currency']}"
    scene.show.say(f"{planned.reference}: table {table} has paid {amount} by POST /v1/payments, its check is closed.")


async def calls_off(scene: Scene, planned: Planned) -> None:
    """The till is told in words, and somebody there cancels the order."""
    view = await scene.when(planned.reference, on_the_till)
    asked = await scene.stage.api.post(f"/v1/orders/{view['id']}/cancel", json={"reason": REASON})
    asked.raise_for_status()
    view = await scene.when(planned.reference, lambda view: view["cancellation"]["state"] == "pos_told")
    for message in (await scene.stage.ikentoo.get("/_sim/messages")).raise_for_status().json():
        scene.show.say(f"{message['printer']} of {planned.location} prints: {message['message']}")
    word = {"reference": view["pos"]["reference"], "word": "CANCELLED"}
    (await scene.stage.ikentoo.post("/_sim/callbacks", json=word)).raise_for_status()
