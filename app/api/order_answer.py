"""An order as an answer: its view, and the tag by which the caller knows it again."""

from collections.abc import Mapping

from pydantic_core import to_json
from starlette.responses import Response

from app.api.preconditions import tagged
from app.api.security import Caller
from app.relay.views import order_view
from app.store.keys import Scope
from app.store.order_details import OrderDetails


def shown(
    details: OrderDetails, caller: Caller, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """The whole view; what was said to the POS with the scope ops only."""
    view = order_view(details, exchanges=caller.may(Scope.OPS))
    return tagged(Response(to_json(view), status, headers=headers, media_type="application/json"))
