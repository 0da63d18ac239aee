"""Where a delivery goes, in Iiko's words.

Iiko wants street and house apart, and 10 characters at most for house and the parts of a building (field reports).
What does not fit goes into the address's comment, which the courier reads.
"""

from collections.abc import Sequence

from app.adapters.iiko.text import said
from app.adapters.iiko.wire import WireAddress
from app.adapters.ledger import Ledger
from app.domain.order import Address, Order, ServiceType

_SHORT = 10
_COMMENT = 500
_AT = "/delivery_address"
_PARTS = {
    "building": "housing",
    "entrance": "entrance",
    "floor": "floor",
    "apartment": "apartment",
    "door_code": "doorphone",
}
"""Our field -> Iiko's."""


def wire_address(order: Order, ledger: Ledger) -> WireAddress | None:
    """The address, where there is one and Iiko can take it as an address."""
    address = order.delivery_address
    if order.service_type is ServiceType.DELIVERY:
        _check_delivery(address, ledger)
    return _sent(address, ledger) if address is not None and _is_exact(address) else None


def spoken_address(order: Order, ledger: Ledger) -> Sequence[str]:
    """Lines for the order's comment: the address of an order that is not delivered, where Iiko cannot take it as one.

    Nobody drives there, but somebody gave it.
    """
    address = order.delivery_address
    if address is None or order.service_type is ServiceType.DELIVERY or _is_exact(address):
        return ()
    given = {name: value for name, value in address.model_dump().items() if said(value)}
    for name in given:
        ledger.fold(f"{_AT}/{name}")
    return ("Address: " + ", ".join(given.values()),) if given else ()


def _is_exact(address: Address) -> bool:
    return bool(said(address.street) and said(address.house))


def _check_delivery(address: Address | None, ledger: Ledger) -> None:
    if address is None:
        ledger.refuse(_AT, "missing", "A delivery needs delivery_address.")
        return
    for name in ("street", "house", "city"):
        if not said(getattr(address, name)):
            ledger.refuse(f"{_AT}/{name}", "missing", f"Iiko needs delivery_address.{name} for a delivery.")


def _sent(address: Address, ledger: Ledger) -> WireAddress:
    lines = [line for line in (said(address.comment),) if line]
    for name in ("line1", "line2"):
        if line := said(getattr(address, name)):
            ledger.fold(f"{_AT}/{name}")
            lines.append(line)
    house = _short(address, "house", lines, ledger) or _beginning(address.house or "")
    short = {theirs: _short(address, ours, lines, ledger) for ours, theirs in _PARTS.items()}
    return WireAddress(
        city=address.city,
        street=address.street or "",
        home=house,
        index=address.postal_code,
        comment=_comment(lines, address, ledger),
        **short,
    )


def _short(address: Address, name: str, lines: list[str], ledger: Ledger) -> str | None:
    value = said(getattr(address, name))
    if value is None or len(value) <= _SHORT:
        return value
    ledger.fold(f"{_AT}/{name}")
    lines.append(f"{name.replace('_', ' ').capitalize()}: {value}")
    return None


def _beginning(house: str) -> str:
    """``home`` cannot be left out: as many whole words of a long one as fit. All of it stands in the comment."""
    cut = house[: _SHORT + 1].rpartition(" ")[0].rstrip(" ,;")
    return cut or house[:_SHORT]


def _comment(lines: Sequence[str], address: Address, ledger: Ledger) -> str | None:
    comment = "\n".join(lines)
    if len(comment) > _COMMENT:
        at = f"{_AT}/comment" if said(address.comment) else f"{_AT}/line1"
        ledger.refuse(
            at, "too_long", f"Iiko takes {_COMMENT} characters of address comment, this makes {len(comment)}."
        )
    return comment or None
