"""The endpoints about guests."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.simulators.gate import received_of
from app.simulators.iiko.access import json_body, query, query_guid
from app.simulators.iiko.errors import Refusal
from app.simulators.iiko.fields import Fields
from app.simulators.iiko.guests import Guest, render
from app.simulators.iiko.numbers import answer
from app.simulators.iiko.policy import OnMissingGuest
from app.simulators.iiko.reading import authorized
from app.simulators.iiko.state import Simulator


def _authorized(request: Request) -> Simulator:
    state = authorized(request)
    state.kitchen.restaurant.organization(query_guid(request, "organization"))
    return state


async def by_phone(request: Request) -> Response:
    """`customers/get_customer_by_phone`: with or without the `+`."""
    state, phone = _authorized(request), query(request, "phone")
    if phone.startswith(" "):
        received_of(request).notes.append("phone begins with a blank: its '+' was not encoded")
    return _found(state, state.kitchen.guests.by_phone(phone), f"phone '{phone}'")


async def by_id(request: Request) -> Response:
    """`customers/get_customer_by_id`."""
    state, guest_id = _authorized(request), query_guid(request, "id")
    return _found(state, state.kitchen.guests.by_id(guest_id), f"id '{guest_id}'")


def _found(state: Simulator, guest: Guest | None, words: str) -> Response:
    """How a missing guest is told is UNKNOWN, so policy."""
    if guest is not None:
        return answer(render(guest))
    match state.kitchen.policy.missing_guest:
        case OnMissingGuest.NULL:
            return answer(None)
        case OnMissingGuest.NOT_FOUND:
            raise Refusal("CustomerNotFound", f"Customer with {words} is not found", status=404)
        case OnMissingGuest.BAD_REQUEST:
            raise Refusal("CustomerNotFound", f"Customer with {words} is not found")


async def create_or_update(request: Request) -> Response:
    """`customers/create_or_update`: the guest's GUID as a JSON string."""
    state = _authorized(request)
    body = Fields(await json_body(request), "")
    guest = state.kitchen.guests.save(body.required_child("customer"))
    state.signal.notify()
    return answer(guest.id)


def routes() -> list[Route]:
    return [
        Route("/api/0/customers/get_customer_by_phone", by_phone),
        Route("/api/0/customers/get_customer_by_id", by_id),
        Route("/api/0/customers/create_or_update", create_or_update, methods=["POST"]),
    ]
