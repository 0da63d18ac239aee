"""The part of the control API that only Iiko has, and the page for people; `app.simulators.console` has the rest."""

import time
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.simulators.console import (
    BadControl,
    Control,
    answer,
    asked_page,
    asked_wait,
    control_routes,
    guarded,
    json_object,
)
from app.simulators.iiko import menu_console
from app.simulators.iiko.book import Order
from app.simulators.iiko.ledger import ledger, ledger_row
from app.simulators.iiko.overview import page_for_people
from app.simulators.iiko.state import Simulator, simulator
from app.simulators.iiko.walk import stage_of

LOOK_S = 0.02
"""The walk is lazy: somebody has to look for an order to move."""


async def orders(request: Request) -> Response:
    """Everything ever asked to be created, created or not; `?at_least=` created orders with `?wait=` seconds;
    `?offset=`, `?limit=`: a part of them."""
    state = simulator(request)
    least = int(request.query_params.get("at_least", "0"))
    await state.signal.until(lambda: len(state.kitchen.book.orders) >= least, asked_wait(request))
    return answer(ledger(state, asked_page(request)))


async def order(request: Request) -> Response:
    """One of them; `?statusCode=` with `?wait=` seconds waits until it is there."""
    state, order_id = simulator(request), request.path_params["order_id"].lower()
    code = request.query_params.get("statusCode")
    end = time.monotonic() + asked_wait(request)

    def there() -> bool:
        return code in (None, ledger_row(state, order_id)["statusCode"])

    while (left := end - time.monotonic()) > 0 and not there():
        await state.signal.until(there, min(left, LOOK_S))
    row = ledger_row(state, order_id)
    return answer(row) if row["requests"] else answer({"error": "no create request with this id was seen"}, 404)


async def set_status(request: Request) -> Response:
    """Move one order by hand: `{"statusCode": "ON_WAY"}`; also CANCELLED, and backwards."""
    state = simulator(request)
    found = _created(state, request)
    code = str((await json_object(request)).get("statusCode"))
    stage = stage_of(code, state.config)
    if stage is None:
        message = f"unknown statusCode {code!r}"
        raise BadControl(message)
    state.kitchen.move(found, stage)
    state.signal.notify()
    return answer(ledger_row(state, found.id))


def _created(state: Simulator, request: Request) -> Order:
    found = state.kitchen.book.orders.get(request.path_params["order_id"].lower())
    if found is None:
        message = "no such order was created"
        raise BadControl(message)
    return found


async def problems(request: Request) -> Response:
    """Every call of `orders/add_order_problem`, oldest first; `?at_least=` of them with `?wait=` seconds."""
    state = simulator(request)
    least = int(request.query_params.get("at_least", "0"))
    await state.signal.until(lambda: len(state.kitchen.book.problems) >= least, asked_wait(request))
    return answer([asdict(one) for one in state.kitchen.book.problems])


async def guests(request: Request) -> Response:
    """Everybody the loyalty side knows."""
    return answer(simulator(request).kitchen.guests.listing())


async def forget_guest(request: Request) -> Response:
    """The guest is gone, as after a merge in the back office."""
    if not simulator(request).kitchen.guests.forget(request.path_params["guest_id"].lower()):
        message = "no such guest"
        raise BadControl(message)
    return Response(status_code=204)


async def set_auto(request: Request) -> Response:
    """`{"on": false}` holds every order where it is."""
    state = simulator(request)
    wanted = (await json_object(request)).get("on")
    if not isinstance(wanted, bool):
        message = "on is true or false"
        raise BadControl(message)
    state.kitchen.set_auto(on=wanted)
    return answer({"on": wanted})


async def revoke_tokens(request: Request) -> Response:
    return answer({"revoked": simulator(request).tokens.revoke()})


async def get_policy(request: Request) -> Response:
    return answer(asdict(simulator(request).kitchen.policy))


async def set_policy(request: Request) -> Response:
    """Any field of `Policy`."""
    return answer(asdict(simulator(request).kitchen.set_policy(await json_object(request))))


async def reset(request: Request) -> Response:
    """As new: no orders, faults and journal; ids, policy and clock as configured. Tokens stay."""
    state = simulator(request)
    state.clock.change(factor=state.config.clock_factor, skew_s=0)
    state.kitchen.reset()
    state.faults.clear()
    state.journal.clear()
    return Response(status_code=204)


def routes(state: Simulator) -> list[Route]:
    control = Control(clock=state.clock, faults=state.faults, journal=state.journal, signal=state.signal)
    return [
        *control_routes(control),
        Route("/_sim", page_for_people, methods=["GET"]),
        Route("/_sim/orders", guarded(orders), methods=["GET"]),
        Route("/_sim/orders/{order_id}", guarded(order), methods=["GET"]),
        Route("/_sim/orders/{order_id}/status", guarded(set_status), methods=["POST"]),
        Route("/_sim/problems", guarded(problems), methods=["GET"]),
        Route("/_sim/guests", guarded(guests), methods=["GET"]),
        Route("/_sim/guests/{guest_id}", guarded(forget_guest), methods=["DELETE"]),
        Route("/_sim/auto", guarded(set_auto), methods=["POST"]),
        *menu_console.routes(),
        Route("/_sim/tokens/revoke", guarded(revoke_tokens), methods=["POST"]),
        Route("/_sim/policy", guarded(get_policy), methods=["GET"]),
        Route("/_sim/policy", guarded(set_policy), methods=["POST"]),
        Route("/_sim/reset", guarded(reset), methods=["POST"]),
    ]
