"""The control API's iKentoo half: look at orders, payments and messages, say any word now, switch things off."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.simulators.console import BadControl, answer, asked_page, asked_wait, guarded, json_object
from app.simulators.ikentoo.book import OVER, Affair, Held, Paying, State
from app.simulators.ikentoo.config import Switches
from app.simulators.ikentoo.orders import Order
from app.simulators.ikentoo.page import human_page, order_view, payment_view
from app.simulators.ikentoo.parts import Parts
from app.simulators.ikentoo.payment import CheckPayment
from app.simulators.ikentoo.switchboard import changed


class Director:
    """Answers the routes under `/_sim` that only iKentoo has."""

    def __init__(self, parts: Parts) -> None:
        """Direct one simulator."""
        self._parts = parts
        self._book = parts.book

    def routes(self) -> list[Route]:
        """Build them."""
        return [
            Route("/_sim", self.page, methods=["GET"]),
            Route("/_sim/orders", guarded(self.orders), methods=["GET"]),
            Route("/_sim/orders/{reference:path}", guarded(self.order), methods=["GET"]),
            Route("/_sim/payments", guarded(self.payments), methods=["GET"]),
            Route("/_sim/payments/{reference:path}", guarded(self.payment), methods=["GET"]),
            Route("/_sim/messages", guarded(self.messages), methods=["GET"]),
            Route("/_sim/callbacks", guarded(self.say), methods=["POST"]),
            Route("/_sim/auto", guarded(self.auto), methods=["POST"]),
            Route("/_sim/devices", guarded(self.devices), methods=["POST"]),
            Route("/_sim/switches", guarded(self.switches), methods=["GET", "POST"]),
            Route("/_sim/reset", guarded(self.reset), methods=["POST"]),
        ]

    async def page(self, _request: Request) -> Response:
        """Show the page for people."""
        return human_page(self._parts)

    async def orders(self, request: Request) -> Response:
        """List the orders, oldest first: `?state=`, `?at_least=` with `?wait=` seconds, `?offset=`, `?limit=`."""
        return await self._listing(request, self._book.orders, order_view)

    async def payments(self, request: Request) -> Response:
        """List the payments in the same way."""
        return await self._listing(request, self._book.payments, payment_view)

    async def _listing(self, request: Request, known: Mapping[str, Any], view: Callable[..., Any]) -> Response:
        state, least = request.query_params.get("state"), int(request.query_params.get("at_least", "0"))

        def found() -> list[Any]:
            return [each for each in known.values() if state in (None, each.state)]

        await self._parts.control.signal.until(lambda: len(found()) >= least, asked_wait(request))
        return answer([view(each, self._creates(each.reference)) for each in found()[asked_page(request)]])

    async def order(self, request: Request) -> Response:
        """Show one order; `?state=` (or `over`, `settled`) with `?wait=` waits until it is there."""
        return await self._one(request, self._book.orders, order_view, "no such order")

    async def payment(self, request: Request) -> Response:
        """Show one payment in the same way."""
        return await self._one(request, self._book.payments, payment_view, "no such payment")

    async def _one(
        self, request: Request, known: Mapping[str, Any], view: Callable[..., Any], missing: str
    ) -> Response:
        reference, state = request.path_params["reference"], request.query_params.get("state")

        def there() -> bool:
            affair = known.get(reference)
            return affair is not None and _is(affair, state)

        await self._parts.control.signal.until(there, asked_wait(request))
        creates = self._creates(reference)
        affair = known.get(reference)
        if affair is None:
            return answer({"error": missing, "creates": creates}, 404)
        return answer(view(affair, creates))

    def _creates(self, reference: str) -> int:
        return self._parts.control.journal.creates(reference)

    async def messages(self, request: Request) -> Response:
        """List the messages to tills: `?state=`, `?at_least=` with `?wait=` seconds."""
        state, least = request.query_params.get("state"), int(request.query_params.get("at_least", "0"))

        def found() -> list[Any]:
            return [each for each in self._parts.messenger.messages if state in (None, each.state)]

        await self._parts.control.signal.until(lambda: len(found()) >= least, asked_wait(request))
        return answer([each.view() for each in found()])

    async def say(self, request: Request) -> Response:
        """Send a word, or any `body`, about an order or a payment now; `endpoint_id` for references never seen."""
        data = await json_object(request)
        word, affair = str(data.get("word", "SUCCESS")), self._affair(data)
        if affair.endpoint_id not in self._parts.endpoints:
            msg = "no such order or payment; give the endpoint_id of a registered endpoint"
            raise BadControl(msg)
        switches = changed(self._parts.switchboard.current, data.get("switches") or {})
        if (body := data.get("body")) is not None:
            text = body if isinstance(body, str) else json.dumps(body)
            await self._parts.callbacks.send_body(affair, word, text)
        else:
            await self._speak(affair, word, data.get("reason"), switches)
        return answer({"answers": affair.callbacks[-1].answers})

    def _affair(self, data: dict[str, Any]) -> Affair:
        reference, kind = str(data.get("reference", "")), data.get("kind")
        if kind not in (None, "order", "payment"):
            msg = "kind is order or payment"
            raise BadControl(msg)
        order = None if kind == "payment" else self._book.orders.get(reference)
        return order or (None if kind == "order" else self._book.payments.get(reference)) or _stranger(data)

    async def _speak(self, affair: Affair, word: str, reason: str | None, switches: Switches) -> None:
        if affair is self._book.orders.get(affair.reference) and isinstance(affair, Held):
            await self._parts.till.say(affair, word, reason, switches)
        elif affair is self._book.payments.get(affair.reference) and isinstance(affair, Paying):
            await self._parts.cashier.say(affair, word, reason, switches)
        else:
            affair.reason = reason
            await self._parts.callbacks.send(affair, word, switches)

    async def auto(self, request: Request) -> Response:
        """Switch the life of new orders and payments on or off."""
        self._parts.till.auto = bool((await json_object(request)).get("on", True))
        return answer({"on": self._parts.till.auto})

    async def devices(self, request: Request) -> Response:
        """Switch the tills of a location, or all, or a single one, on or off."""
        data = await json_object(request)
        location, device = (None if data.get(name) is None else int(data[name]) for name in ("location", "device"))
        till = self._parts.till
        till.set_online(online=bool(data.get("online", True)), location_id=location, device_id=device)
        return answer({"offline": till.devices.dark, "devices_offline": till.devices.off})

    async def switches(self, request: Request) -> Response:
        """Show the switches, after changing what a POST names."""
        data = await json_object(request) if request.method == "POST" else {}
        return answer(self._parts.switchboard.throw(data))

    async def reset(self, request: Request) -> Response:
        """Start afresh, menu and tokens too; `{"endpoints": true}` forgets the endpoints as well."""
        data, parts = await json_object(request), self._parts
        await parts.callbacks.cancel()
        parts.book.clear(parts.control.clock.now())
        parts.control.faults.clear()
        parts.control.journal.clear()
        parts.messenger.messages.clear()
        parts.switchboard.reset()
        parts.till.auto = True
        parts.till.devices.reset()
        if parts.tokens is not None:
            parts.tokens.reset()
        if data.get("endpoints"):
            parts.endpoints.clear()
        parts.control.signal.notify()
        return Response(status_code=204)


def _is(affair: Affair, state: str | None) -> bool:
    done = affair.state in OVER or (isinstance(affair, Paying) and affair.state is State.ACCEPTED)
    if state == "over":
        return done
    if state == "settled":  # over, and every callback is done with
        return done and all(each.over for each in affair.callbacks)
    return state in (None, affair.state)


def _stranger(data: dict[str, Any]) -> Affair:
    reference, endpoint_id = str(data.get("reference", "")), str(data.get("endpoint_id", ""))
    location_id = int(data.get("location", 0))
    if data.get("kind") == "payment":
        return Paying.unseen(CheckPayment(location_id=location_id, reference=reference, endpoint_id=endpoint_id))
    return Held.unseen(Order(kind="toGo", location_id=location_id, reference=reference, endpoint_id=endpoint_id))
