"""Things in Iiko that the settings name: their ids.

Iiko wants ids, and gives a thing a new one with every edit (Iiko integration tips), so that settings hold names. The
synced dictionary of names comes with a later release and becomes an argument of these functions; until then only an
id can be sent. Payment types are the exception: Iiko itself takes their code.
"""

from app.adapters.iiko.guid import is_guid
from app.adapters.iiko.settings import IikoSettings
from app.adapters.iiko.wire import WirePaymentType
from app.domain.errors import Misconfigured
from app.domain.order import ServiceType


def terminal_id(settings: IikoSettings) -> str | None:
    """The delivery terminal, or None to let Iiko pick one. Raises Misconfigured."""
    return _id("delivery_terminal", settings.delivery_terminal)


def order_type_id(settings: IikoSettings, service: ServiceType) -> str | None:
    """The order type of a service, or None for Iiko's default. Raises Misconfigured."""
    name = settings.order_types.pickup if service is ServiceType.PICKUP else settings.order_types.delivery
    return _id(f"order_types.{service}", name)


def payment_type(settings: IikoSettings, method: str) -> WirePaymentType | None:
    """How Iiko knows our payment method; None where the settings do not say."""
    known_as = settings.payment_types.get(method)
    if known_as is None:
        return None
    return WirePaymentType(id=known_as) if is_guid(known_as) else WirePaymentType(code=known_as)


def _id(setting: str, name: str | None) -> str | None:
    if name is None or is_guid(name):
        return name
    message = f"pos.{setting} is the name {name!r}, but this release cannot look names up: give its id (a GUID)."
    raise Misconfigured(message)
