"""Iiko's address book: a guest is found by the phone, and created or updated by it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from pydantic import ValidationError

from app.adapters.base import Submission
from app.adapters.iiko.complaints import ORGANIZATION, wrong_setting
from app.adapters.iiko.connection import Connection, refused
from app.adapters.iiko.customer import CUSTOMER_ID, wire_guest
from app.adapters.iiko.errors import complaint, pos_error, unclear
from app.adapters.iiko.guid import is_guid
from app.adapters.iiko.loose import members, storable, text
from app.adapters.iiko.phone import iiko_phone
from app.adapters.transport import Answer
from app.domain.errors import InDoubt, Misconfigured, PosError, Rejected
from app.domain.order import Customer
from app.domain.venue import Guest, KnownGuest

log = structlog.get_logger(__name__)

FIND = "/api/0/customers/get_customer_by_phone"
SAVE = "/api/0/customers/create_or_update"
PREPARE_S = 2.0
"""All in all: an order never waits longer for its guest's id."""
_SECRET = frozenset({"track", "userData", "password"})
_OURS = {"first_name": "name", "last_name": "surname", "email": "email", "notes": "comment"}
_NO_PHONE = "Iiko takes ten digits with up to three of a country code before them, such as +380979981891."


async def known(connection: Connection, submission: Submission, *, within_s: float = PREPARE_S) -> Mapping[str, str]:
    """The guest's id for the translation; nothing where it is not wanted, or not to be had in time."""
    wanted, customer = connection.settings.customers, submission.order.customer
    phone = iiko_phone(customer.phone) if customer and customer.phone else None
    if wanted == "none" or customer is None or phone is None:
        return {}
    try:
        async with asyncio.timeout(within_s):
            guest_id = await _known(connection, customer, phone)
    except (PosError, TimeoutError) as error:
        # Iiko takes the order without it.
        log.info("the guest was not found in time", error=type(error).__name__)
        return {}
    return {CUSTOMER_ID: guest_id} if guest_id and is_guid(guest_id) else {}


async def _known(connection: Connection, customer: Customer, phone: str) -> str | None:
    found = await find(connection, phone)
    if found is not None:
        return found.id
    if connection.settings.customers != "create":
        return None
    return await _save(connection, wire_guest(customer, phone))


async def find(connection: Connection, phone: str) -> KnownGuest | None:
    """The guest with this phone. How Iiko says that there is none is UNKNOWN, so every odd answer says it."""
    asked = iiko_phone(phone)
    if asked is None:
        return None  # Iiko keeps no such number
    answer = await connection.ask("GET", FIND, {**connection.organization, "phone": asked})
    error = pos_error(answer)
    if error is None:
        return _guest(answer, asked)
    if isinstance(error, Rejected) or (isinstance(error, Misconfigured) and answer.status in (400, 404)):
        if setting := wrong_setting(error, complaint(answer), {ORGANIZATION}):
            raise setting
        return None
    raise error


async def save(connection: Connection, guest: Guest) -> str:
    """Creates or updates; the id. Raises a PosError."""
    phone = iiko_phone(guest.phone)
    if phone is None:
        raise Rejected(_NO_PHONE)
    wired = {"phone": phone, "name": guest.first_name, "surName": guest.last_name}
    wired |= {"email": guest.email, "comment": guest.notes}
    return await _save(connection, {name: value for name, value in wired.items() if value})


async def _save(connection: Connection, wired: Mapping[str, str]) -> str:
    answer = await connection.ask("POST", SAVE, connection.organization, json={"customer": wired})
    if error := pos_error(answer):
        raise refused(error, answer, "Iiko refused the guest")
    body = answer.json()
    said = body if isinstance(body, str) else members(body).get("id") or members(body).get("customerId")
    if not isinstance(said, str) or not is_guid(said):
        raise unclear(answer, f"Iiko answered {answer.status} without the guest's id.")
    return said


def _guest(answer: Answer, asked: str) -> KnownGuest | None:
    body = answer.json()
    if body is None and answer.body.strip() not in (b"", b"null"):
        raise InDoubt(f"Iiko answered {answer.status} with something that is not JSON.", http_status=answer.status)
    row = members(body)
    guest_id = text(row.get("id"), limit=64)
    if guest_id is None or row.get("isDeleted") is True or row.get("anonymized") is True:
        return None
    guest = Guest(phone=_fitting("phone", row.get("phone")) or asked, **_fields(row))
    more = {name: _harmless(value) for name, value in row.items() if name not in {"id", "phone", *_OURS.values()}}
    more = {name: value for name, value in more.items() if value not in (None, "", [], {}) and name not in _SECRET}
    return KnownGuest(id=guest_id, guest=guest, more=more)


def _fields(row: Mapping[str, Any]) -> dict[str, str]:
    row = {**row, "surname": row.get("surname") or row.get("surName")}
    fitting = {ours: _fitting(ours, row.get(theirs)) for ours, theirs in _OURS.items()}
    return {ours: value for ours, value in fitting.items() if value is not None}


def _fitting(field: str, value: object) -> str | None:
    """What Iiko keeps may be longer or odder than what we take; then it is left out."""
    said = text(value)
    if said is None:
        return None
    try:
        Guest.model_validate({"phone": "+000", field: said})
    except ValidationError:
        return None
    return said


def _harmless(value: object) -> Any:
    """Without what opens a guest's account, such as the track of a card."""
    if isinstance(value, list):
        return [_harmless(one) for one in value]
    if isinstance(value, dict):
        return {name: _harmless(one) for name, one in value.items() if name.lower() not in _SECRET}
    return storable(value)
