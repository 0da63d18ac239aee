"""Where the food goes: a table, a check, a pick-up, an address."""

import re

from app.adapters.ikentoo.ledger import Ledger
from app.adapters.ikentoo.wire import DeliveryAddress
from app.domain.order import Address, Order

COLLECTION_CODE_LENGTH = 8
"""Longest collection code (K-Series reference)."""
V3_IDENTIFIER = re.compile(r"[A-Za-z]+[0-9]+\.[0-9]+")
V2_ID = re.compile(r"[0-9]{1,19}")
_DETAILS = ("building", "entrance", "floor", "apartment", "door_code")


def account(order: Order, ledger: Ledger) -> tuple[str | None, str | None]:
    """``accountId`` and ``accountIdentifier``, of which at most one is given: the open check that the order joins."""
    check = order.table.check if order.table else None
    if check is None:
        return None, None
    if V3_IDENTIFIER.fullmatch(check):
        return None, check
    if V2_ID.fullmatch(check):
        return check, None
    ledger.refuse("/table/check", "bad_check", "A check is named like A1234.56, or by digits alone (iKentoo V2).")
    return None, None


def table_and_guests(order: Order, ledger: Ledger) -> tuple[str | None, int | None]:
    """``tableNumber`` and ``clientCount``. An order that joins a check cannot change either (K-Series reference)."""
    number = order.table.number if order.table else None
    if order.table is None or order.table.check is None:
        return (None if number is None else str(number)), order.guests
    if number is not None:
        ledger.note("/table/number", f"Table {number}")
    if order.guests is not None:
        ledger.note("/guests", f"Guests: {order.guests}")
    return None, None


def refuse_table(order: Order, ledger: Ledger) -> None:
    """A to-go order has no table."""
    if order.table and (order.table.number is not None or order.table.check is not None):
        ledger.refuse("/table", "not_possible", f"A {order.service_type} order has no table at iKentoo.")


def refuse_address(order: Order, ledger: Ledger) -> None:
    """A local order has no address."""
    if given(order.delivery_address):
        ledger.refuse("/delivery_address", "not_possible", "A dine_in order has no address at iKentoo.")


def collection_code(order: Order, ledger: Ledger) -> str | None:
    """The code that the guest shows; the POS makes one up where it is absent."""
    code = order.collection_code
    if code is not None and len(code) > COLLECTION_CODE_LENGTH:
        message = f"iKentoo takes a collection code of at most {COLLECTION_CODE_LENGTH} characters."
        ledger.refuse("/collection_code", "too_long", message)
    return code


def given(address: Address | None) -> dict[str, str]:
    """The fields of the address that say something."""
    return {name: value for name, value in address if value} if address else {}


def fold_address(address: Address | None, ledger: Ledger) -> None:
    """A pick-up has no address at iKentoo: into the note, whole."""
    parts = given(address)
    street = " ".join(parts[name] for name in ("street", "house") if name in parts)
    town = " ".join(parts[name] for name in ("postal_code", "city") if name in parts)
    texts = (parts.get("line1"), street, parts.get("line2"), _details(parts), town, parts.get("comment"))
    for number, name in enumerate(parts):
        if number == 0:
            ledger.note(f"/delivery_address/{name}", "Address: " + ", ".join(text for text in texts if text))
        else:
            ledger.folded.append(f"/delivery_address/{name}")


def delivery_address(address: Address | None, ledger: Ledger) -> DeliveryAddress:
    """Two lines, zip and city: what has no place of its own goes into the second line, the comment into the note."""
    parts = given(address)
    street = " ".join(parts[name] for name in ("street", "house") if name in parts)
    line1 = parts.get("line1")
    # Given both ways, they mostly say the same; only what line1 does not hold already is added.
    extra = street if line1 and street.casefold() not in line1.casefold() else ""
    if extra:
        ledger.folded.extend(f"/delivery_address/{name}" for name in ("street", "house") if name in parts)
    ledger.folded.extend(f"/delivery_address/{name}" for name in _DETAILS if name in parts)
    if "comment" in parts:
        ledger.note("/delivery_address/comment", f"Address: {parts['comment']}")
    line2 = ", ".join(text for text in (parts.get("line2"), extra, _details(parts)) if text)
    return DeliveryAddress(
        address_line1=line1 or street or None,
        address_line2=line2 or None,
        zip=parts.get("postal_code"),
        city=parts.get("city"),
    )


def _details(parts: dict[str, str]) -> str:
    said = [f"{name.replace('_', ' ')} {parts[name]}" for name in _DETAILS if name in parts]
    text = ", ".join(said)
    return text[:1].upper() + text[1:]
