"""The endpoints about where the restaurant is and where it delivers: organization, zones, cities, streets."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.simulators.iiko.access import query_guid
from app.simulators.iiko.config import DURATION_MINUTES, IikoConfig
from app.simulators.iiko.dictionaries import Dictionaries
from app.simulators.iiko.fields import parse_guid
from app.simulators.iiko.numbers import answer
from app.simulators.iiko.reading import authorized
from app.simulators.iiko.state import Simulator

Json = dict[str, object]

ZONE = "Centre"
CORNERS = ((50.29, 28.60), (50.29, 28.72), (50.22, 28.72), (50.22, 28.60))
MINUTES_OF_A_DAY = 24 * 60
EVERY_DAY = 0b1111111
UNSET = "description logo contact homePage longitude latitude networkId logoImage phone website averageCheque".split()


async def organization_list(request: Request) -> Response:
    return answer([_organization(authorized(request).config)])


async def organization(request: Request) -> Response:
    state = authorized(request)
    state.kitchen.restaurant.organization(parse_guid(request.path_params["organization"]))
    return answer(_organization(state.config))


def _organization(config: IikoConfig) -> Json:
    return {
        "id": config.organization_id,
        "name": config.organization_name,
        "isActive": True,
        "currencyIsoName": config.currency,
        "bizOrganizationType": 1,
        "address": config.terminals[0].address if config.terminals else None,
        "workTime": ";".join(["00:00-24:00"] * 7),
        **dict.fromkeys(UNSET),
    }


def _named(request: Request) -> Simulator:
    state = authorized(request)
    state.kitchen.restaurant.organization(query_guid(request, "organization"))
    return state


async def delivery_restrictions(request: Request) -> Response:
    """`deliverySettings/getDeliveryRestrictions`: one zone, one minimum, every day, around the clock."""
    state = _named(request)
    config = state.config
    return answer(
        {
            "deliveryRegionsMapUrl": None,
            "defaultDeliveryDurationInMinutes": DURATION_MINUTES,
            "defaultSelfServiceDurationInMinutes": DURATION_MINUTES,
            "useSameDeliveryDuration": True,
            "useSameMinSum": True,
            "defaultMinSum": config.minimum_sum,
            "useSameWorkTimeInterval": True,
            "defaultFrom": 0,
            "defaultTo": MINUTES_OF_A_DAY,
            "useSameRestrictionsOnAllWeek": True,
            "restrictions": [restriction(config, state.kitchen.dictionaries)],
            "deliveryZones": [{"name": ZONE, "coordinates": [{"latitude": x, "longitude": y} for x, y in CORNERS]}],
        }
    )


def restriction(config: IikoConfig, dictionaries: Dictionaries) -> Json:
    """The one rule of the only zone, also shown by `orders/checkCreate`."""
    return {
        "organizationId": config.organization_id,
        "deliveryTerminalId": dictionaries.terminals[0].id if dictionaries.terminals else None,
        "minSum": config.minimum_sum,
        "zone": ZONE,
        "weekMap": EVERY_DAY,
        "from": 0,
        "to": MINUTES_OF_A_DAY,
        "priority": 0,
        "deliveryDurationInMinutes": DURATION_MINUTES,
    }


async def cities(request: Request) -> Response:
    """`cities/cities`: each with its streets."""
    return answer(_named(request).kitchen.addresses.cities_with_streets())


async def cities_list(request: Request) -> Response:
    return answer(_named(request).kitchen.addresses.cities())


async def streets(request: Request) -> Response:
    state = _named(request)
    return answer(state.kitchen.addresses.streets_of(query_guid(request, "city")))


def routes() -> list[Route]:
    restrictions = "deliverySettings/getDeliveryRestrictions"
    return [
        Route("/api/0/organization/list", organization_list),
        Route("/api/0/organization/{organization}", organization),
        Route(f"/api/0/{restrictions}", delivery_restrictions),
        Route(f"/api0/{restrictions}", delivery_restrictions),
        Route("/api/0/cities/cities", cities),
        Route("/api/0/cities/citiesList", cities_list),
        Route("/api/0/streets/streets", streets),
    ]
