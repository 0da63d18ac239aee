"""The control API's iKentoo half: look at orders, say any word now, switch tills off, start afresh."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.simulators.console import BadControl, answer, asked_wait, guarded, json_object
from app.simulators.ikentoo.api import Api
from app.simulators.ikentoo.book import OVER, Book, Held
from app.simulators.ikentoo.callbacks import Callbacks
from app.simulators.ikentoo.orders import Order
from app.simulators.ikentoo.page import human_page, order_view


class Director:
    """Answers the routes under `/_sim` that only iKentoo has."""

    def __init__(self, api: Api, callbacks: Callbacks) -> None:
        """Direct the simulator behind `api`."""
        self._api = api
        self._callbacks = callbacks

    def routes(self) -> list[Route]:
        """Build them."""
        return [
            Route("/_sim", self.page, methods=["GET"]),
            Route("/_sim/orders", guarded(self.orders), methods=["GET"]),
            Route("/_sim/orders/{reference:path}", guarded(self.order), methods=["GET"]),
            Route("/_sim/callbacks", guarded(self.say), methods=["POST"]),
            Route("/_sim/auto", guarded(self.auto), methods=["POST"]),
            Route("/_sim/devices", guarded(self.devices), methods=["POST"]),
            Route("/_sim/reset", guarded(self.reset), methods=["POST"]),
        ]

    @property
    def _book(self) -> Book:
        return self._api.book

    async def page(self, _request: Request) -> Response:
        """Show the page for people."""
        return human_page(self._book, self._api.control)

    async def orders(self, request: Request) -> Response:
        """List the orders, oldest first: `?state=`, `?at_least=` with `?wait=` seconds."""
        state, least = request.query_params.get("state"), int(request.query_params.get("at_least", "0"))

        def found() -> list[Held]:
            return [held for held in self._book.orders.values() if state in (None, held.state)]

        await self._api.control.signal.until(lambda: len(found()) >= least, asked_wait(request))
        return answer([self._view(held) for held in found()])

    async def order(self, request: Request) -> Response:
        """Show one order; `?state=` (or `over`, `settled`) with `?wait=` waits until it is there."""
        reference, state = request.path_params["reference"], request.query_params.get("state")

        def there() -> bool:
            held = self._book.orders.get(reference)
            return held is not None and _is(held, state)

        await self._api.control.signal.until(there, asked_wait(request))
        held = self._book.orders.get(reference)
        if held is None:
            return answer({"error": "no such order", "creates": self._api.control.journal.creates(reference)}, 404)
        return answer(self._view(held))

    def _view(self, held: Held) -> dict[str, Any]:
        return order_view(held, self._api.control.journal.creates(held.order.reference))

    async def say(self, request: Request) -> Response:
        """Send a word, or any `body`, about a reference now; `endpoint_id` for references never seen."""
        data = await json_object(request)
        word, reference = str(data.get("word", "SUCCESS")), str(data.get("reference", ""))
        known = self._book.orders.get(reference)
        held = known or _stranger(reference, data)
        if held.order.endpoint_id not in self._api.endpoints:
            msg = "no such order; give the endpoint_id of a registered endpoint"
            raise BadControl(msg)
        if (body := data.get("body")) is not None:
            await self._callbacks.send_body(held, word, body if isinstance(body, str) else json.dumps(body))
        elif known is None:
            held.reason = data.get("reason")
            await self._callbacks.send(held, word)
        else:
            await self._api.till.say(held, word, data.get("reason"))
        return answer({"answers": held.callbacks[-1].answers})

    async def auto(self, request: Request) -> Response:
        """Switch the life of new orders on or off."""
        self._api.till.auto = bool((await json_object(request)).get("on", True))
        return answer({"on": self._api.till.auto})

    async def devices(self, request: Request) -> Response:
        """Switch the tills of a location, or all, on or off."""
        data = await json_object(request)
        location = data.get("location")
        location_id = None if location is None else int(location)
        self._api.till.set_online(online=bool(data.get("online", True)), location_id=location_id)
        return answer({"offline": sorted(self._api.till.offline)})

    async def reset(self, request: Request) -> Response:
        """Forget orders, faults and requests, tills on; `{"endpoints": true}` forgets the endpoints too."""
        data = await json_object(request)
        await self._callbacks.cancel()
        self._book.clear(self._api.control.clock.now())
        self._api.control.faults.clear()
        self._api.control.journal.clear()
        self._api.till.auto = True
        self._api.till.offline.clear()
        if data.get("endpoints"):
            self._api.endpoints.clear()
        self._api.control.signal.notify()
        return Response(status_code=204)


def _is(held: Held, state: str | None) -> bool:
    if state == "over":
        return held.state in OVER
    if state == "settled":  # over, and every callback is done with
        return held.state in OVER and all(each.over for each in held.callbacks)
    return state in (None, held.state)


def _stranger(reference: str, data: dict[str, Any]) -> Held:
    endpoint_id = str(data.get("endpoint_id", ""))
    location_id = int(data.get("location", 0))
    order = Order(kind="toGo", location_id=location_id, reference=reference, endpoint_id=endpoint_id)
    return Held.unseen(order)
