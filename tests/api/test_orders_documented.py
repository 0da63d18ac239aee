"""What the OpenAPI document says of orders and callbacks is what is answered."""

from typing import Any

from app.api.callbacks import CallbackList
from app.api.order_models import OrderList, OrderView, PreviewView
from app.api.orders import EXAMPLE
from app.store.keys import Scope
from tests.api.conftest import Api
from tests.planted import NOON, Planted, plant, plant_attempt, plant_callback, plant_history

SINCE = NOON.isoformat()
IN_TROUBLE: dict[str, Any] = {
    "status": "rejected",
    "failure": {"code": "item_not_found", "message": "No such item.", "pos_message": "Unknown SKU"},
    "attention": {"code": "rejected", "since": SINCE, "message": "Refused.", "action": "Correct it."},
    "cancellation": {"state": "requested", "at": SINCE, "detail": None},
    "milestones": {"submitted_at": SINCE, "rejected_at": SINCE},
    "warnings": [{"code": "duplicate_reference", "message": "It had it already."}],
    "requested_for": NOON,
}


async def test_the_example_is_taken_and_every_answer_has_its_form(api: Api) -> None:
    await api.put()
    order = Planted(columns=IN_TROUBLE)
    await plant(api.services.engine, order)
    async with api.services.engine.begin() as connection:
        await plant_history(connection, order)
        await plant_attempt(connection, order, order.current, request={"path": "/"}, response="no")
    await plant_callback(api.services.engine)
    for status in (202, 200):
        submitted = await api.call("POST", "/v1/orders", Scope.ORDERS_WRITE, json=EXAMPLE)
        assert submitted.status_code == status, submitted.text
        OrderView.model_validate_json(submitted.text)
    preview = await api.call("POST", "/v1/orders/preview", Scope.ORDERS_WRITE, json=EXAMPLE)
    PreviewView.model_validate_json(preview.text)
    read = await api.call("GET", f"/v1/orders/{order.id}", Scope.ORDERS_READ, Scope.OPS)
    OrderView.model_validate_json(read.text)
    listed = OrderList.model_validate_json((await api.call("GET", "/v1/orders", Scope.ORDERS_READ)).text)
    assert len(listed.items) == 2
    CallbackList.model_validate_json((await api.call("GET", "/v1/callbacks", Scope.OPS)).text)


async def test_the_document_tells_each_route_with_its_scope_and_problems(api: Api) -> None:
    paths = (await api.client.get("/openapi.json")).json()["paths"]
    submit = paths["/v1/orders"]["post"]
    assert set(submit["responses"]) >= {"200", "202", "400", "401", "403", "404", "409", "413", "415", "422", "503"}
    assert "orders:write" in submit["description"]
    assert set(paths["/v1/orders/{order_id}"]["get"]["responses"]["200"]["content"]) == {
        "application/json",
        "text/plain",
    }
    for action in ("retry", "resend", "resolve", "cancel"):
        answers = paths[f"/v1/orders/{{order_id}}/{action}"]["post"]["responses"]
        assert set(answers) >= {"200", "401", "403", "404", "409", "503"}
