"""What a client can look up: businesses, floor plans, menus, production instructions, discounts."""

import json

from starlette.requests import Request
from starlette.responses import Response

from app.simulators.gate import subject_of
from app.simulators.ikentoo.errors import ApiError, BackendDown, reply
from app.simulators.ikentoo.menu_view import MenuView, discount_view, floor_plans_view, group_view
from app.simulators.ikentoo.parts import Parts, number
from app.simulators.ikentoo.plan import BACKEND_DOWN
from app.simulators.ikentoo.routes import Row


class DataApi:
    """Answers look-ups from what is on offer now."""

    def __init__(self, parts: Parts) -> None:
        """Work on the same cards as the tills."""
        self._parts = parts

    def rows(self) -> list[Row]:
        """List the routes."""
        return [
            ("GET", "/op/data/businesses", self.businesses),
            ("GET", "/op/data/{location}/floorplans", self.floor_plans),
            ("GET", "/op/1/menu/list", self.menus),
            ("GET", "/op/1/menu/load/{menu}", self.menu),
            ("GET", "/op/1/menu/modifiers", self.modifiers),
            ("GET", "/op/1/menu/discounts", self.discounts),
        ]

    async def businesses(self, request: Request) -> Response:
        """List the businesses with their locations; those without any are left out."""
        self._parts.authenticate(request)
        found = [
            {
                "name": business.name,
                "id": business.id,
                "businessLocations": [
                    {"name": each.name, "id": each.id}
                    for each in self._parts.book.locations.values()
                    if each.business_id == business.id
                ],
            }
            for business in self._parts.config.businesses
        ]
        return reply([each for each in found if each["businessLocations"]])

    async def floor_plans(self, request: Request) -> Response:
        """List the floor plans; 404 if there is none, without a documented body (K-Series reference)."""
        self._parts.authenticate(request)
        location_id = self._parts.known_location(number(request.path_params["location"], "Long"))
        plans = self._parts.book.cards[location_id].floor_plans
        if not plans:
            raise ApiError(404, f"no floor plan found for BL {location_id}")
        return reply(floor_plans_view(plans))

    async def menus(self, request: Request) -> Response:
        """List the menus."""
        card = self._parts.book.cards[self._parts.asked_location(request)]
        return reply([{"menuName": each.name, "ikentooMenuId": each.id} for each in card.menus.values()])

    async def menu(self, request: Request) -> Response:
        """Show one menu. Printed without blanks, since a large one would keep the simulator busy for too long."""
        location_id = self._parts.asked_location(request)
        menu_id, rich = number(request.path_params["menu"], "Long"), _rich(request)
        if (fault := self._parts.control.faults.take(subject_of(request), {BACKEND_DOWN})) is not None:
            raise BackendDown(fault.reason or "Menu service is not available")
        card, switches = self._parts.book.cards[location_id], self._parts.switchboard.current
        menu = card.menus.get(menu_id)
        if menu is None:  # INFERRED: undocumented
            raise ApiError(404, f"menu {menu_id} not found for BL {location_id}")
        shown = None if not rich else not switches.rich_data_missing
        body = MenuView(card, menu, switches, rich=shown).body()
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
        return Response(text, media_type="application/json;charset=UTF-8")

    async def modifiers(self, request: Request) -> Response:
        """List all production instructions."""
        card = self._parts.book.cards[self._parts.asked_location(request)]
        k = self._parts.switchboard.current.payload_mode == "k"
        return reply([group_view(each, k=k) for each in card.instructions.values()])

    async def discounts(self, request: Request) -> Response:
        """List all discounts."""
        card = self._parts.book.cards[self._parts.asked_location(request)]
        return reply([discount_view(each) for each in card.discounts.values()])


def _rich(request: Request) -> bool:
    asked = request.query_params.get("richContent", "false").lower()
    if asked not in ("true", "false"):
        raise ApiError(400, f"Failed to convert value of type 'String' to required type 'Boolean': \"{asked}\"")
    return asked == "true"
