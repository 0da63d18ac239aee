"""The guests the loyalty side knows: one for each phone number (field reports)."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from app.simulators.iiko.fields import Fields
from app.simulators.iiko.request import check_phone

Json = dict[str, object]

TEXTS = "name middleName surName email birthday magnetCardTrack magnetCardNumber userData comment".split()
LIMIT = 60
FLAGS = ("shouldReceivePromoActionsInfo",)
NUMBERS = ("sex", "consentStatus")
NEVER_KNOWN = "cultureName referrerId personalDataConsentFrom personalDataConsentTo personalDataProcessingFrom".split()


@dataclass(frozen=True, kw_only=True)
class Guest:
    """One guest; `known` has what was told, by its name in `create_or_update`."""

    id: str
    phone: str
    known: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


def digits(phone: str) -> str:
    """`+380 97...`, `380 97...` and what a `+` becomes in a careless query are the same number."""
    return "".join(one for one in phone if one.isdigit())


class Guests:
    """Guests by id; the phone is the key of all that comes in."""

    def __init__(self, first: Iterable[Guest]) -> None:
        self._first = tuple(first)
        self.reset()

    def reset(self) -> None:
        """Those of the configuration."""
        self._by_id: dict[str, Guest] = {one.id: one for one in self._first}
        self._id_by_phone: dict[str, str] = {digits(one.phone): one.id for one in self._first}

    def __contains__(self, guest_id: str) -> bool:
        return guest_id in self._by_id

    def by_id(self, guest_id: str) -> Guest | None:
        return self._by_id.get(guest_id)

    def by_phone(self, phone: str) -> Guest | None:
        return self._by_id.get(self._id_by_phone.get(digits(phone), ""))

    def forget(self, guest_id: str) -> bool:
        """Take one out, as a merge or an erasure in the back office does."""
        guest = self._by_id.pop(guest_id, None)
        if guest is not None:
            self._id_by_phone.pop(digits(guest.phone), None)
        return guest is not None

    def listing(self) -> list[Json]:
        return [render(one) for one in self._by_id.values()]

    def save(self, told: Fields) -> Guest:
        """`customers/create_or_update`: fields left out stay as they are.

        A known `id` with a phone nobody has moves that guest to the new phone (INFERRED); an unknown one is ignored.
        """
        phone, guest_id = check_phone(told), told.guid("id")
        fresh = {name: value for name, value in _read(told).items() if value is not None}
        found = self.by_phone(phone) or (self.by_id(guest_id) if guest_id else None)
        guest = found or Guest(id=str(uuid.uuid4()), phone=phone)
        self._id_by_phone.pop(digits(guest.phone), None)
        guest = replace(guest, phone=f"+{digits(phone)}", known={**guest.known, **fresh})
        self._by_id[guest.id] = guest
        self._id_by_phone[digits(phone)] = guest.id
        return guest


def _read(told: Fields) -> Json:
    values: Json = {name: told.text(name, limit=LIMIT if name in TEXTS[:4] else None) for name in TEXTS}
    values |= {name: told.flag(name) for name in FLAGS}
    for name in NUMBERS:
        number = told.int32(name)
        values[name] = None if number is None else int(number)
    return values


def render(guest: Guest) -> Json:
    """OrganizationGuestInfo, as one captured answer has it."""
    known = guest.known
    track, card = known.get("magnetCardTrack"), known.get("magnetCardNumber")
    return {
        "id": guest.id,
        "name": known.get("name"),
        "surname": known.get("surName"),
        "middleName": known.get("middleName"),
        "phone": guest.phone,
        "birthday": known.get("birthday"),
        "email": known.get("email"),
        "sex": known.get("sex", 0),
        "additionalPhones": [],
        "cards": [{"Id": guest.id, "Track": track, "Number": card, "IsActivated": True}] if track or card else [],
        "categories": [],
        "walletBalances": [],
        "userData": known.get("userData"),
        "comment": known.get("comment"),
        "consentStatus": known.get("consentStatus", 0),
        "isBlocked": False,
        "isDeleted": False,
        "anonymized": False,
        "iikoCardOrdersSum": 0,
        "shouldReceivePromoActionsInfo": known.get("shouldReceivePromoActionsInfo", False),
        "shouldReceiveLoyaltyInfo": False,
        "shouldReceiveOrderStatusInfo": False,
        "personalDataProcessingTo": None,
        **dict.fromkeys(NEVER_KNOWN),
    }
