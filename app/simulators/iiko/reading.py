"""The endpoints that only read: token, dictionaries, nomenclature, stop list."""

import hmac
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.simulators.iiko.access import check_token, query, query_guid, wrong_token
from app.simulators.iiko.errors import BindingError, Refusal
from app.simulators.iiko.faults import OFFLINE, TOKEN, error_of
from app.simulators.iiko.fields import parse_guid
from app.simulators.iiko.numbers import JSON, answer
from app.simulators.iiko.policy import NomenclatureAnswer, Wrapping
from app.simulators.iiko.state import Simulator, simulator

Endpoint = Callable[[Request], Awaitable[Response]]


def authorized(request: Request) -> Simulator:
    """The simulator, for a request with a living token; 401 otherwise."""
    state = simulator(request)
    if fault := state.faults.take(request.scope["subject"], TOKEN):
        request.scope["received"].fault = fault.kind
        raise wrong_token()
    check_token(request, state.tokens)
    subject = request.scope["subject"]
    if not subject.creates and (fault := state.faults.take(subject, OFFLINE)):
        request.scope["received"].fault = fault.kind
        raise error_of(fault)
    return state


async def access_token(request: Request) -> Response:
    """The token as a JSON string, not an object. Wrong login: 400 (field report; its shape is UNKNOWN)."""
    state = simulator(request)
    given = query(request, "user_id"), query(request, "user_secret")
    wanted = state.config.user_id, state.config.user_secret
    if not hmac.compare_digest("\n".join(given).encode(), "\n".join(wanted).encode()):
        raise Refusal("WrongCredentials", "User or secret is wrong")
    return answer(state.tokens.issue())


async def echo(request: Request) -> Response:
    """`msg` again, or a text that says that the token is wrong."""
    state = simulator(request)
    valid = state.tokens.valid(request.query_params.get("access_token", ""))
    return answer(request.query_params.get("msg", "") if valid else "Wrong access token")


async def get_nomenclature(request: Request) -> Response:
    """The whole tree, or null when the caller's `revision` is the present one."""
    state = authorized(request)
    state.kitchen.restaurant.organization(parse_guid(request.path_params["organization"]))
    revision = request.query_params.get("revision", "0")
    if not revision.isdecimal():
        raise BindingError("revision", f"The value '{revision}' is not valid for Int64.")
    kitchen = state.kitchen
    if kitchen.policy.nomenclature is NomenclatureAnswer.BY_REVISION and int(revision) == kitchen.catalog.revision:
        return answer(None)
    return Response(kitchen.nomenclature.text(), media_type=JSON)


def _dictionary(read: Callable[[Simulator], object]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        state = authorized(request)
        state.kitchen.restaurant.organization(query_guid(request, "organization"))
        return answer(read(state))

    return endpoint


def _payment_types(state: Simulator) -> object:
    book = state.kitchen.dictionaries
    return {"paymentTypes": [book.render_payment_type(one) for one in book.payment_types]}


def _order_types(state: Simulator) -> object:
    book = state.kitchen.dictionaries
    return {"items": [book.render_order_type(one) for one in book.order_types]}


def _marketing_sources(state: Simulator) -> object:
    """Wrapped like its siblings (INFERRED), or bare where the policy says so."""
    book = state.kitchen.dictionaries
    rows = [book.render_marketing_source(one) for one in book.marketing_sources]
    return rows if state.kitchen.policy.marketing_sources is Wrapping.BARE else {"marketingSources": rows}


def _terminals(state: Simulator) -> object:
    book = state.kitchen.dictionaries
    return {"deliveryTerminals": [book.render_terminal(one) for one in book.terminals]}


def _stop_list(state: Simulator) -> object:
    return {"stopList": state.kitchen.stops.listing(), "unregisteredOrganizations": []}


DICTIONARIES = {
    "rmsSettings/getPaymentTypes": _payment_types,
    "rmsSettings/getOrderTypes": _order_types,
    "rmsSettings/getMarketingSources": _marketing_sources,
    "deliverySettings/getDeliveryTerminals": _terminals,
}


def routes() -> list[Route]:
    """`/api0/` is how the tips print the dictionaries; everybody else uses `/api/0/`."""
    return [
        Route("/api/0/auth/access_token", access_token),
        Route("/api/0/auth/echo", echo),
        Route("/api/0/nomenclature/{organization}", get_nomenclature),
        Route("/api/0/stopLists/getDeliveryStopList", _dictionary(_stop_list)),
        *(
            Route(f"{prefix}/{path}", _dictionary(read))
            for prefix in ("/api/0", "/api0")
            for path, read in DICTIONARIES.items()
        ),
    ]
