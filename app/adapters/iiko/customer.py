"""The guest, in Iiko's words."""

from app.adapters.iiko.phone import iiko_phone
from app.adapters.iiko.text import said
from app.adapters.iiko.wire import WireCustomer
from app.adapters.ledger import Ledger
from app.domain.order import Customer

_LIMIT = 60
"""Characters of a name or an email (field reports)."""
_NO_NAME = "Guest"
"""Iiko requires a name."""
CUSTOMER_ID = "customer_id"
"""The fact that finding the guest before the first send brings."""


def wire_customer(customer: Customer | None, ledger: Ledger, *, known_as: str | None = None) -> WireCustomer:
    """The guest. Phone and name are required by Iiko, for a pickup too. ``known_as``: the guest's id there."""
    given = customer or Customer()
    ledger.keep("/customer/reference", given.reference)
    ledger.keep("/customer/salutation", given.salutation)
    for field in ("first_name", "last_name", "email"):
        if len(getattr(given, field) or "") > _LIMIT:
            ledger.refuse(f"/customer/{field}", "too_long", f"Iiko takes at most {_LIMIT} characters of {field}.")
    return WireCustomer(
        id=known_as,
        name=said(given.first_name) or _NO_NAME,
        sur_name=given.last_name,
        phone=_phone(given.phone, ledger),
        email=given.email,
        comment=given.notes,
    )


def wire_guest(customer: Customer, phone: str) -> dict[str, str]:
    """The guest for Iiko's address book; what is left out stays there as it is."""
    fields = {"name": customer.first_name, "surName": customer.last_name, "email": customer.email}
    fitting = {name: value for name, value in fields.items() if value and said(value) and len(value) <= _LIMIT}
    return {"name": _NO_NAME, **fitting, "phone": phone}


def shown_name(customer: WireCustomer) -> str:
    """``customerName``, which the till shows: the whole name, if it fits."""
    whole = f"{customer.name} {customer.sur_name or ''}".strip()
    return whole if len(whole) <= _LIMIT else customer.name


def _phone(given: str | None, ledger: Ledger) -> str:
    if not given:
        ledger.refuse("/customer/phone", "missing", "Iiko needs customer.phone, for a pickup too.")
        return "-"
    phone = iiko_phone(given)
    if phone is None:
        message = "Iiko takes ten digits with up to three of a country code before them, such as +380979981891."
        ledger.refuse("/customer/phone", "wrong_format", message)
    return phone or "-"
