"""The endpoints about orders."""

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.simulators.control import Fault
from app.simulators.iiko.access import json_body, query_bound_guid, query_day, query_guid
from app.simulators.iiko.book import Order, Sighting
from app.simulators.iiko.checks import Resolved
from app.simulators.iiko.errors import PosError
from app.simulators.iiko.faults import CHECK, COLOURING, SPOILING, created_first, error_of
from app.simulators.iiko.fields import Fields
from app.simulators.iiko.numbers import answer
from app.simulators.iiko.places import restriction
from app.simulators.iiko.reading import authorized
from app.simulators.iiko.request import read_order_request
from app.simulators.iiko.state import Simulator
from app.simulators.iiko.walk import code_of


async def add(request: Request) -> Response:
    """`orders/add`: the order is created before the answer, synchronously."""
    state = authorized(request)
    body = await json_body(request)
    sighting = state.kitchen.book.see(body)
    try:
        order = _create(request, state, sighting, body)
    except PosError as error:
        sighting.answers.append(error.reason)
        raise
    sighting.answers.append("answered")
    state.signal.notify()
    return answer(state.renderer.order(order))


def _create(request: Request, state: Simulator, sighting: Sighting, body: object) -> Order:
    subject = request.scope["subject"]
    spoiling = state.faults.take(subject, SPOILING)
    if spoiling:
        request.scope["received"].fault = spoiling.kind
        if not created_first(spoiling):
            raise error_of(spoiling)
    colouring = state.faults.take_all(subject, COLOURING)
    if colouring:
        request.scope["received"].fault = "+".join(colouring)
    order = state.kitchen.create(read_order_request(body), sighting, unconfirmed="unconfirmed" in colouring)
    if late := colouring.get("late_visible"):
        _hide(order, late)
    if spoiling:
        raise error_of(spoiling)
    return order


def _hide(order: Order, fault: Fault) -> None:
    if fault.seconds > 0:
        order.hidden_until = time.monotonic() + fault.seconds
    else:
        order.hidden_looks = fault.count


async def check_create(request: Request) -> Response:
    """`orders/checkCreate`: would it be created? 200 in both cases, `resultState` 2 = no delivery point."""
    state = authorized(request)
    order = read_order_request(await json_body(request))
    problem, resolved = state.kitchen.check(order)
    result, unforced = (2 if problem else 0), order.terminal_id is None and not order.self_service
    if planted := state.faults.take(request.scope["subject"], CHECK):
        request.scope["received"].fault = planted.kind
        result, problem = planted.count, planted.reason or "Заказ не может быть создан"
    return answer(
        {
            "resultState": result,
            "problem": problem,
            "deliveryRestriction": restriction(state.config, state.kitchen.dictionaries) if unforced else None,
            "deliveryServiceProductInfo": _service(resolved),
        }
    )


def _service(resolved: Resolved) -> dict[str, object] | None:
    """The paid delivery that Iiko is going to add: payments have to cover it."""
    fee = resolved.service
    if fee is None:
        return None
    return {"productId": fee.id, "productSum": fee.price_on(resolved.terminal), "productName": fee.name}


async def info(request: Request) -> Response:
    """`orders/info`: one order by id; 500 with code 110 when unknown, 400 shape 2 when the id is no GUID."""
    state = authorized(request)
    state.kitchen.restaurant.organization(query_guid(request, "organization"))
    return answer(state.renderer.order(state.kitchen.find(query_bound_guid(request, "order"))))


async def delivery_orders(request: Request) -> Response:
    """`orders/deliveryOrders`: by delivery date in the venue's time, and optionally status and terminal."""
    state = authorized(request)
    state.kitchen.restaurant.organization(query_guid(request, "organization"))
    begin, end = query_day(request, "dateFrom", end=False), query_day(request, "dateTo", end=True)
    status = request.query_params.get("deliveryStatus", "")
    terminal = query_guid(request, "deliveryTerminalId") if request.query_params.get("deliveryTerminalId") else None
    found = [
        order
        for order in state.kitchen.visible()
        if begin <= order.deliver_at <= end
        and (not status or code_of(order.stage, state.config).lower() == status.lower())
        and (terminal is None or (order.resolved.terminal is not None and order.resolved.terminal.id == terminal))
    ]
    return answer({"deliveryOrders": [state.renderer.order(order) for order in found]})


async def add_order_problem(request: Request) -> Response:
    """`orders/add_order_problem`: a flag for the operator, the nearest thing to a cancel. Answers nothing."""
    state = authorized(request)
    state.kitchen.restaurant.organization(query_guid(request, "organization"))
    body = Fields(await json_body(request), "")
    order_id, problem = body.required_guid("orderId"), body.required_text("problemText")
    state.kitchen.flag(order_id, problem)
    state.signal.notify()
    return Response(status_code=200)


def routes() -> list[Route]:
    return [
        Route("/api/0/orders/add", add, methods=["POST"]),
        Route("/api/0/orders/checkCreate", check_create, methods=["POST"]),
        Route("/api/0/orders/info", info),
        Route("/api/0/orders/deliveryOrders", delivery_orders),
        Route("/api/0/orders/add_order_problem", add_order_problem, methods=["POST"]),
    ]
