"""Things in Iiko that the settings name: their ids.

Iiko wants ids, and gives a thing a new one with every edit (Iiko integration tips), so settings hold names, which are
looked up in the dictionaries as last synced. What is not found there refuses the order in a way that says that a sync
may cure it: the relay then syncs, and looks again before it sends. An id is sent as it is.
"""

from app.adapters.iiko.dictionaries import RESTAURANT, is_deleted, said_of
from app.adapters.iiko.guid import is_guid
from app.adapters.iiko.settings import IikoSettings
from app.adapters.iiko.wire import WirePaymentType
from app.adapters.ledger import Ledger
from app.domain.catalog import Entry, Kind, Menu
from app.domain.errors import NOT_FOUND_BY_NAME, Misconfigured
from app.domain.order import ServiceType

_CALLED = {
    Kind.TERMINALS: "delivery terminal",
    Kind.ORDER_TYPES: "order type",
    Kind.PAYMENT_TYPES: "payment type",
    Kind.MARKETING_SOURCES: "marketing source",
}
_SHOWN = 8


def known(menu: Menu, kind: Kind, name: str) -> Entry | None:
    """The thing with this id, code or name; ids and codes before names. A deleted one is not found."""
    entries = [entry for entry in menu.names.get(kind, ()) if not is_deleted(entry)]
    exact = next((entry for entry in entries if name.lower() == entry.id or name == entry.code), None)
    wanted = _folded(name)
    return exact or next((entry for entry in entries if wanted in _names_of(entry)), None)


def terminal_id(settings: IikoSettings, menu: Menu, ledger: Ledger) -> str | None:
    """The delivery terminal, or None to let Iiko pick one. One that is not found is left to ``check_terminal``."""
    name = settings.delivery_terminal
    if name is None or is_guid(name):
        return name
    if not synced(menu):
        message = f"{not_found(Kind.TERMINALS, 'delivery_terminal', name, menu)}"
        ledger.refuse("/location", NOT_FOUND_BY_NAME, message)
    found = known(menu, Kind.TERMINALS, name)
    return found.id if found else None


def check_terminal(settings: IikoSettings, menu: Menu) -> None:
    """Raises Misconfigured where the dictionaries have no such terminal: that is wrong in every order."""
    name = settings.delivery_terminal
    if name is not None and not is_guid(name) and known(menu, Kind.TERMINALS, name) is None:
        raise Misconfigured(not_found(Kind.TERMINALS, "delivery_terminal", name, menu))


def order_type_id(settings: IikoSettings, service: ServiceType, menu: Menu, ledger: Ledger) -> str | None:
    """The order type of a service, or None for Iiko's default."""
    if service is ServiceType.DINE_IN:
        return None
    name = settings.order_types.pickup if service is ServiceType.PICKUP else settings.order_types.delivery
    if name is None or is_guid(name):
        return name
    found = known(menu, Kind.ORDER_TYPES, name)
    if found is None:
        message = not_found(Kind.ORDER_TYPES, f"order_types.{service}", name, menu)
        ledger.refuse("/service_type", NOT_FOUND_BY_NAME, message)
    return found.id if found else None


def marketing_source_id(name: str | None, menu: Menu) -> str | None:
    """Its id, where it is one or Iiko knows the name."""
    if name is None or is_guid(name):
        return name
    found = known(menu, Kind.MARKETING_SOURCES, name)
    return found.id if found else None


def payment_type(settings: IikoSettings, method: str, pointer: str, menu: Menu, ledger: Ledger) -> WirePaymentType:
    """How Iiko knows our payment method: by its code where it has one, which no edit changes."""
    name = settings.payment_types.get(method)
    if name is None:
        has = ", ".join(sorted(settings.payment_types)) or "none"
        message = f"The location's payment_types have no {method!r}; they have: {has}."
        ledger.refuse(pointer, "unknown_method", message)
        return WirePaymentType()
    if is_guid(name):
        return WirePaymentType(id=name)
    if not menu.names.get(Kind.PAYMENT_TYPES):
        return WirePaymentType(code=name)  # never read: Iiko itself takes a code
    found = known(menu, Kind.PAYMENT_TYPES, name)
    if found is None:
        message = not_found(Kind.PAYMENT_TYPES, f"payment_types.{method}", name, menu)
        ledger.refuse(pointer, NOT_FOUND_BY_NAME, message)
        return WirePaymentType()
    by_code = found.code is not None and _folded(found.code) == _folded(name)
    return WirePaymentType(code=found.code) if by_code else WirePaymentType(id=found.id)


def not_found(kind: Kind, setting: str, name: str, menu: Menu) -> str:
    """What to do about a name that was not found."""
    if not synced(menu):
        return f"pos.{setting} is {name!r}, and the names in Iiko were not read yet: sync the location."
    return f"Iiko has no {_CALLED[kind]} {name!r} (pos.{setting}). {has(kind, menu)} Correct one of the two."


def has(kind: Kind, menu: Menu) -> str:
    """What there is instead."""
    entries = [entry for entry in menu.names.get(kind, ()) if not is_deleted(entry)]
    shown = [repr(entry.code or entry.name or entry.id) for entry in entries]
    more = " ..." if len(shown) > _SHOWN else ""
    return f"It has: {', '.join(shown[:_SHOWN]) or 'none'}{more}."


def synced(menu: Menu) -> bool:
    """Whether the dictionaries were ever read."""
    return menu.names_synced_at is not None or bool(menu.names)


def _names_of(entry: Entry) -> set[str]:
    return {_folded(one) for one in (entry.name, entry.code, said_of(entry, RESTAURANT)) if one}


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
