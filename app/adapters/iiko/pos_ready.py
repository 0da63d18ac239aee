"""Would Iiko take an order now? ``orders/checkCreate`` with the smallest one that there can be; it creates nothing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.adapters.base import Submission, WireRequest
from app.adapters.iiko.connection import Connection
from app.adapters.iiko.errors import NOT_CONNECTED, complaint, pos_error
from app.adapters.iiko.loose import members, text, whole
from app.adapters.iiko.translate import translate
from app.adapters.transport import Answer
from app.domain.catalog import Menu, Product
from app.domain.errors import Misconfigured, OrderNotExpressible, PosError
from app.domain.ids import new_id
from app.domain.location import Location
from app.domain.money import written
from app.domain.order import Order
from app.domain.venue import SetUpCheck

CHECK_CREATE = "/api/0/orders/checkCreate"
NAME = "pos_ready"
_PHONE = "+10000000000"
_OFFLINE = (
    "The restaurant is not connected to Iiko's server (701): orders cannot reach it. Start the restaurant's Iiko "
    "service; if it runs, only Iiko's support can connect it again."
)


async def asked_whether_ready(connection: Connection, location: Location, menu: Menu) -> list[SetUpCheck]:
    """One line. Raises nothing of Iiko's."""
    dish = next((product for product in menu.products if _is_simple(product)), None)
    if dish is None:
        return [_line("Not asked: the menu has no product that can be sold without choices.")]
    try:
        request = _request(connection, location, menu, dish)
    except (OrderNotExpressible, Misconfigured) as error:
        return [_line(f"Not asked, because of the lines above: {error}")]
    try:
        answer = await connection.ask(request.method, CHECK_CREATE, {}, json=request.body)
    except PosError as error:
        return [_line(error.message)]
    return [_line(_problem(answer))]


def _is_simple(product: Product) -> bool:
    choices = (choice for group in product.modifier_groups if group.id is None for choice in group.modifiers)
    required = any(group.min for group in product.modifier_groups) or any(choice.min for choice in choices)
    return product.available and bool(product.price) and not required


def _request(connection: Connection, location: Location, menu: Menu, dish: Product) -> WireRequest:
    price = written(dish.price or Decimal(0), location.settings.currency)
    order = Order.model_validate(
        {
            "location": location.id,
            "reference": "CHECK",
            "service_type": "pickup",
            "customer": {"first_name": "Check", "phone": _PHONE},
            "items": [{"product_id": dish.product_id, "quantity": 1, "unit_price": price}],
            "total": price,
        }
    )
    now = datetime.now(UTC)
    asked = Submission(order=order, reference=new_id(), now=now, deadline_at=now + timedelta(minutes=5), menu=menu)
    return translate(location, connection.settings, asked).request


def _problem(answer: Answer) -> str | None:
    """None: Iiko would take it. A ``resultState`` other than 0 is a no; of its values only 0 and 2 are known."""
    error = pos_error(answer)
    said = complaint(answer)
    if said.code == NOT_CONNECTED:
        return _OFFLINE
    if error is not None:
        words = f" Iiko said: {error.pos_message}" if error.pos_message else ""
        return f"Iiko did not say that it would take an order ({answer.status}).{words}"
    body = members(answer.json())
    state = whole(body.get("resultState"))
    if state == 0:
        return None
    problem = text(body.get("problem")) or "It gave no reason."
    return f"Iiko would not take an order now (resultState {state}): {problem}"


def _line(problem: str | None) -> SetUpCheck:
    return SetUpCheck(name=NAME, ok=problem is None, problem=problem)
