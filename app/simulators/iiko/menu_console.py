"""The part of the control API that edits the menu, the stop list and the dictionaries, as the back office would."""

from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.simulators.console import BadControl, answer, guarded, json_object
from app.simulators.iiko.dictionaries import Kind
from app.simulators.iiko.editing import Editor
from app.simulators.iiko.kitchen import Kitchen
from app.simulators.iiko.model import Product, Terminal
from app.simulators.iiko.state import Simulator, simulator

Json = dict[str, Any]


async def menu(request: Request) -> Response:
    """The menu in short, and what is stopped."""
    kitchen = simulator(request).kitchen
    return answer(
        {
            "revision": kitchen.catalog.revision,
            "products": [_row(one) for one in kitchen.catalog.products.values()],
            "stopList": kitchen.stops.listing(),
        }
    )


def _row(product: Product) -> Json:
    return {"id": product.id, "code": product.code, "name": product.name, "price": product.price, "type": product.type}


def _edited(state: Simulator, product: Product) -> Response:
    state.signal.notify()
    return answer({"revision": state.kitchen.catalog.revision, **_row(product)})


async def add_product(request: Request) -> Response:
    """`{"name", "price"}` and whatever else a product has; answers its id."""
    state = simulator(request)
    product = Editor(state.kitchen.catalog).new(await json_object(request))
    state.kitchen.catalog.put(product)
    return _edited(state, product)


async def change_product(request: Request) -> Response:
    """Any of a product's fields: `{"price": "99.00"}`, `{"name": "..."}`, `{"in_menu": false}`."""
    state = simulator(request)
    catalog = state.kitchen.catalog
    product = Editor(catalog).change(catalog.product(request.path_params["product"]), await json_object(request))
    catalog.put(product)
    return _edited(state, product)


async def remove_product(request: Request) -> Response:
    """Gone, also as a modifier of others."""
    state = simulator(request)
    product = state.kitchen.catalog.product(request.path_params["product"])
    state.kitchen.catalog.remove(product)
    return _edited(state, product)


async def change_limits(request: Request) -> Response:
    """`{"min", "max", "required", "default", "children_limited"}` of a modifier or group modifier of one product."""
    state = simulator(request)
    catalog, path = state.kitchen.catalog, request.path_params
    product = Editor(catalog).limits(catalog.product(path["product"]), path["modifier"], await json_object(request))
    catalog.put(product)
    return _edited(state, product)


async def put_group(request: Request) -> Response:
    """A new group, or other fields of the one in the path: `{"name", "parent", "in_menu", "description"}`."""
    catalog = simulator(request).kitchen.catalog
    named = request.path_params.get("group")
    group = Editor(catalog).group(catalog.group(named) if named else None, await json_object(request))
    catalog.put_group(group)
    return answer({"revision": catalog.revision, "id": group.id, "name": group.name})


async def generate(request: Request) -> Response:
    """`{"products": 5000}`: so many made-up dishes on top."""
    catalog = simulator(request).kitchen.catalog
    count = (await json_object(request)).get("products")
    if not isinstance(count, int) or not 0 < count <= 100_000:
        message = "products is a number up to 100000"
        raise BadControl(message)
    catalog.generate(count)
    return answer({"revision": catalog.revision, "products": len(catalog.products)})


async def stop(request: Request) -> Response:
    """`{"balance": 0, "terminal": "Centre"}`; without a terminal everywhere. DELETE: it is there again."""
    kitchen = simulator(request).kitchen
    data = await json_object(request)
    product, terminals = kitchen.catalog.product(request.path_params["product"]), _terminals(kitchen, data)
    if request.method == "DELETE":
        kitchen.stops.resume(product.id, terminals)
    else:
        kitchen.stops.stop(product.id, terminals, _balance(data))
    return answer({"stopList": kitchen.stops.listing()})


def _terminals(kitchen: Kitchen, data: Json) -> list[Terminal]:
    named = data.get("terminal")
    found = [one for one in kitchen.dictionaries.terminals if named in (None, one.name, one.id)]
    if not found:
        message = f"no terminal {named!r}"
        raise BadControl(message)
    return found


def _balance(data: Json) -> Decimal:
    try:
        return Decimal(str(data.get("balance", 0)))
    except InvalidOperation:
        message = "balance is a number"
        raise BadControl(message) from None


async def rotate(request: Request) -> Response:
    """New ids, as after an edit in the back office; answers old id -> new id by kind.

    `{}`: everything; `{"kind": "order_types"}`: one kind; `{"kind", "entry": name, code or id}`: one entry, which
    `rename` renames.
    """
    kitchen = simulator(request).kitchen
    data = await json_object(request)
    kind, entry, rename = data.get("kind"), data.get("entry"), data.get("rename")
    if (entry is not None and kind is None) or (rename is not None and entry is None):
        message = "an entry has a kind, and only one entry can be renamed"
        raise BadControl(message)
    wanted = None if kind is None else Kind(kind)
    return answer(kitchen.rotate(wanted, entry, None if rename is None else str(rename)))


async def remove_entry(request: Request) -> Response:
    """An entry of a dictionary is deleted: `DELETE /_sim/dictionaries/payment_types/CARD`."""
    kitchen = simulator(request).kitchen
    kitchen.remove_entry(Kind(request.path_params["kind"]), request.path_params["entry"])
    return Response(status_code=204)


def routes() -> list[Route]:
    product = "/_sim/menu/products/{product}"
    return [
        Route("/_sim/menu", guarded(menu), methods=["GET"]),
        Route("/_sim/menu/generate", guarded(generate), methods=["POST"]),
        Route("/_sim/menu/groups", guarded(put_group), methods=["POST"]),
        Route("/_sim/menu/groups/{group}", guarded(put_group), methods=["POST"]),
        Route("/_sim/menu/products", guarded(add_product), methods=["POST"]),
        Route(product, guarded(change_product), methods=["POST"]),
        Route(product, guarded(remove_product), methods=["DELETE"]),
        Route(f"{product}/stop", guarded(stop), methods=["POST", "DELETE"]),
        Route(f"{product}/modifiers/{{modifier}}", guarded(change_limits), methods=["POST"]),
        Route("/_sim/rotate", guarded(rotate), methods=["POST"]),
        Route("/_sim/dictionaries/{kind}/{entry}", guarded(remove_entry), methods=["DELETE"]),
    ]
