"""The guest in iKentoo's words."""

import re

from app.adapters.ikentoo.ledger import Ledger
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.ikentoo.wire import CustomerInfo
from app.domain.order import Customer

NO_NAME = "Guest"
_E164 = re.compile(r"\+[1-9][0-9]{1,14}")


def customer_info(customer: Customer | None, settings: IkentooSettings, ledger: Ledger) -> CustomerInfo:
    """Always there: the guide says optional, today's reference requires it, and with it a first name."""
    guest = customer or Customer()
    number = e164(guest.phone) if guest.phone else None
    if guest.phone and number is None:
        ledger.note("/customer/phone", f"Phone: {guest.phone}")
    # "If the email is left empty this should be left empty as well."
    with_reference = bool(guest.email) and settings.send_customer_reference
    if not with_reference:
        ledger.keep("/customer/reference", guest.reference)
    return CustomerInfo(
        first_name=guest.first_name or NO_NAME,
        last_name=guest.last_name or None,
        third_party_reference=(guest.reference or None) if with_reference else None,
        email=guest.email or None,
        contact_number_as_e164=number,
        notes=guest.notes or None,
        salutation=guest.salutation or None,
    )


def e164(phone: str) -> str | None:
    """The number as E.164, or None where the country cannot be told."""
    # "+41 (0)22 ...": the zero is dialled only inside the country, instead of the +41.
    dialled = phone.replace("(0)", "", 1) if phone.startswith(("+", "00")) else phone
    number = re.sub(r"[ ()./-]", "", dialled)
    number = "+" + number[2:] if number.startswith("00") else number
    return number if _E164.fullmatch(number) else None
