"""Lines of a check: does Iiko have what the settings name? Pure."""

from collections.abc import Iterator

from app.adapters.iiko.dictionaries import said_of
from app.adapters.iiko.guid import is_guid
from app.adapters.iiko.names import has, known, not_found
from app.adapters.iiko.settings import IikoSettings
from app.domain.catalog import Entry, Kind, Menu
from app.domain.venue import SetUpCheck

_PICKUP, _COURIER = ("PICKUP", "CLIENT", "SELF"), ("COURIER",)


def name_lines(settings: IikoSettings, menu: Menu) -> list[SetUpCheck]:
    """One for each name; ``menu`` holds the dictionaries as just read."""
    return [
        _terminal(settings, menu),
        _order_type("pickup", settings.order_types.pickup, menu),
        _order_type("delivery", settings.order_types.delivery, menu),
        *_payment_types(settings, menu),
        *_marketing_source(settings, menu),
    ]


def _terminal(settings: IikoSettings, menu: Menu) -> SetUpCheck:
    name = settings.delivery_terminal
    if name is None:
        hint = f"None is named: Iiko picks one by zone and schedule. {has(Kind.TERMINALS, menu)}"
        return SetUpCheck(name="delivery_terminal", ok=True, problem=hint)
    return _named(Kind.TERMINALS, "delivery_terminal", name, menu)[0]


def _order_type(service: str, name: str | None, menu: Menu) -> SetUpCheck:
    setting = f"order_types.{service}"
    if name is None:
        hint = f"None is named: Iiko takes its default. {has(Kind.ORDER_TYPES, menu)}"
        return SetUpCheck(name=setting, ok=True, problem=hint)
    line, entry = _named(Kind.ORDER_TYPES, setting, name, menu)
    serves = _serves(entry) if entry else None
    if entry is not None and serves not in (None, service):
        problem = f"{entry.name!r} is an order type for {serves}, so that Iiko refuses every {service} with it."
        return SetUpCheck(name=setting, ok=False, problem=problem)
    return line


def _serves(entry: Entry) -> str | None:
    """None where its word is a new one: that of pickups is UNKNOWN, and INFERRED from newer API's words."""
    word = (said_of(entry, "orderServiceType") or "").upper()
    if any(part in word for part in _COURIER):
        return "delivery"
    return "pickup" if any(part in word for part in _PICKUP) else None


def _payment_types(settings: IikoSettings, menu: Menu) -> Iterator[SetUpCheck]:
    if not settings.payment_types:
        hint = f"No payment method is named: an order with a payment is refused. {has(Kind.PAYMENT_TYPES, menu)}"
        yield SetUpCheck(name="payment_types", ok=True, problem=hint)
    for method, name in settings.payment_types.items():
        yield _named(Kind.PAYMENT_TYPES, f"payment_types.{method}", name, menu)[0]


def _marketing_source(settings: IikoSettings, menu: Menu) -> Iterator[SetUpCheck]:
    name = settings.marketing_source
    if name is None:
        return
    line, entry = _named(Kind.MARKETING_SOURCES, "marketing_source", name, menu)
    if entry is None and not is_guid(name):
        line = SetUpCheck(name=line.name, ok=False, problem=f"{line.problem} Until then it is sent as free text.")
    yield line


def _named(kind: Kind, setting: str, name: str, menu: Menu) -> tuple[SetUpCheck, Entry | None]:
    entry = known(menu, kind, name)
    if kind not in menu.names:
        return SetUpCheck(
            name=setting, ok=False, problem="Iiko does not show this dictionary to these credentials."
        ), None
    if entry is None:
        return SetUpCheck(name=setting, ok=False, problem=not_found(kind, setting, name, menu)), None
    hint = None
    if is_guid(name):
        better = (entry.code if kind is Kind.PAYMENT_TYPES else None) or entry.name
        hint = f"This is an id, and ids change with every edit in Iiko: give its name, {better!r}."
    return SetUpCheck(name=setting, ok=True, problem=hint), entry
