"""The control API's part about what is on offer: add, change, sell out and remove, as a back office would."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.simulators.console import BadControl, answer, guarded, json_object
from app.simulators.ikentoo.card import Card
from app.simulators.ikentoo.menu import (
    Discount,
    FloorPlan,
    Instruction,
    InstructionGroup,
    Menu,
    Pricing,
    Product,
    Table,
)
from app.simulators.ikentoo.parts import Parts

_FRESH_IDS = 500_000  # what renumber begins with; each time a million higher


class MenuControl:
    """Answers the routes under `/_sim` that change the offer. All take `location`; without it they mean every one."""

    def __init__(self, parts: Parts) -> None:
        """Change the cards of one simulator."""
        self._parts = parts
        self._renumbered = 0

    def routes(self) -> list[Route]:
        """Build them."""
        return [
            Route("/_sim/products/{sku}", guarded(self.product), methods=["PUT"]),
            Route("/_sim/products/{sku}", guarded(self.remove_product), methods=["DELETE"]),
            Route("/_sim/instructions/{group:int}", guarded(self.instructions), methods=["PUT", "DELETE"]),
            Route("/_sim/discounts/{code}", guarded(self.discount), methods=["PUT", "DELETE"]),
            Route("/_sim/menus/{menu:int}", guarded(self.menu), methods=["PUT", "DELETE"]),
            Route("/_sim/floorplans", guarded(self.floor_plans), methods=["PUT"]),
            Route("/_sim/renumber", guarded(self.renumber), methods=["POST"]),
        ]

    async def product(self, request: Request) -> Response:
        """Add a product, or change what is named of the one there is; `menu` and `group` say where it shall stand."""
        sku, data = request.path_params["sku"], await json_object(request)
        cards, menu_id, group = (
            self._cards(data.pop("location", None)),
            data.pop("menu", None),
            data.pop("group", "New"),
        )
        if menu_id is not None and any(int(menu_id) not in card.menus for card in cards):
            msg = f"no menu {menu_id}"
            raise BadControl(msg)
        for card in cards:
            card.put(_edited(card.products.get(sku) or Product(sku=sku, name=sku, price=Decimal(0)), data))
            if menu_id is not None:
                card.place(sku, int(menu_id), str(group))
        return answer({"sku": sku})

    async def remove_product(self, request: Request) -> Response:
        """Take a product off the card; 404 if no location has it."""
        sku = request.path_params["sku"]
        removed = [card.remove(sku) for card in self._cards(request.query_params.get("location"))]
        return Response(status_code=204) if any(removed) else answer({"error": "no such product"}, 404)

    async def instructions(self, request: Request) -> Response:
        """Add, replace or remove a group of production instructions."""
        group_id, data = request.path_params["group"], await json_object(request)
        for card in self._cards(data.get("location", request.query_params.get("location"))):
            if request.method == "DELETE":
                card.instructions.pop(group_id, None)
            else:
                card.instructions[group_id] = _instruction_group(group_id, data)
        return answer({"group": group_id})

    async def discount(self, request: Request) -> Response:
        """Add, replace or remove a discount: `percentage`, or `amount`."""
        code, data = request.path_params["code"], await json_object(request)
        for card in self._cards(data.get("location", request.query_params.get("location"))):
            if request.method == "DELETE":
                card.discounts.pop(code, None)
            else:
                percentage, amount = (_decimal(data, name) for name in ("percentage", "amount"))
                card.discounts[code] = Discount(
                    code=code, name=str(data.get("name", code)), percentage=percentage, amount=amount
                )
        return answer({"code": code})

    async def menu(self, request: Request) -> Response:
        """Add an empty menu, rename one, or remove it."""
        menu_id, data = request.path_params["menu"], await json_object(request)
        for card in self._cards(data.get("location", request.query_params.get("location"))):
            if request.method == "DELETE":
                card.menus.pop(menu_id, None)
            else:
                name = str(data.get("name", "New menu"))
                card.menus[menu_id] = replace(card.menus.get(menu_id, Menu(id=menu_id, name=name)), name=name)
        return answer({"menu": menu_id})

    async def floor_plans(self, request: Request) -> Response:
        """Replace the floor plans: `{"floorplans": [{"name", "tables": [{"number", "description", "clients"}]}]}`."""
        data = await json_object(request)
        plans = tuple(_floor_plan(each) for each in data.get("floorplans", []))
        for card in self._cards(data.get("location")):
            card.floor_plans = plans
        return answer({"floorplans": len(plans)})

    async def renumber(self, request: Request) -> Response:
        """Give all instructions, their groups and the menus new ids."""
        self._renumbered += 1
        for card in self._cards((await json_object(request)).get("location")):
            card.renumber(_FRESH_IDS + self._renumbered * 1_000_000)
        return answer({"renumbered": self._renumbered})

    def _cards(self, location: Any) -> list[Card]:
        cards = self._parts.book.cards
        if location is None:
            return list(cards.values())
        if int(location) not in cards:
            msg = f"no location {location}"
            raise BadControl(msg)
        return [cards[int(location)]]


_FLAGS = ("custom_name", "restricted", "as_sub_item", "tax_included")
_TEXTS = ("name", "color")
_DECIMALS = ("price", "tax_rate")


def _edited(product: Product, data: Mapping[str, Any]) -> Product:
    known = {*_FLAGS, *_TEXTS, *_DECIMALS, "pricing", "instructions"}
    if unknown := set(data) - known:
        msg = f"unknown field {sorted(unknown)[0]!r}; known are {sorted(known | {'location', 'menu', 'group'})}"
        raise BadControl(msg)
    changes: dict[str, Any] = {name: bool(data[name]) for name in _FLAGS if name in data}
    changes.update({name: str(data[name]) for name in _TEXTS if name in data})
    changes.update({name: _decimal(data, name) for name in _DECIMALS if name in data})
    if "pricing" in data:
        changes["pricing"] = Pricing(data["pricing"])
    if "instructions" in data:
        changes["instructions"] = tuple(int(each) for each in data["instructions"])
    return replace(product, **changes)


def _decimal(data: Mapping[str, Any], name: str) -> Decimal | None:
    try:
        return None if data.get(name) is None else Decimal(str(data[name]))
    except InvalidOperation as error:
        msg = f"{name} is a decimal"
        raise BadControl(msg) from error


def _instruction_group(group_id: int, data: Mapping[str, Any]) -> InstructionGroup:
    return InstructionGroup(
        id=group_id,
        name=str(data.get("name", "")),
        options=tuple(Instruction(id=int(each["id"]), name=str(each["name"])) for each in data.get("options", [])),
        multi=bool(data.get("multi", False)),
        required=bool(data.get("required", False)),
    )


def _floor_plan(data: Mapping[str, Any]) -> FloorPlan:
    tables = (
        Table(number=int(each["number"]), description=str(each["description"]), clients=int(each.get("clients", 2)))
        for each in data.get("tables", [])
    )
    return FloorPlan(name=str(data.get("name", "")), tables=tuple(tables))
