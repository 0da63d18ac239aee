"""Items, modifiers and payments of a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.simulators.iiko.errors import Refusal, required
from app.simulators.iiko.fields import Fields

AMOUNT_LIMIT = Decimal(1000)


@dataclass(frozen=True, kw_only=True)
class ChosenModifier:
    """Amount is per one unit of its item."""

    path: str
    id: str
    name: str
    amount: Decimal
    group_id: str | None
    group_name: str | None


@dataclass(frozen=True, kw_only=True)
class Item:
    path: str
    id: str
    code: str | None
    name: str | None
    amount: Decimal
    sum: Decimal | None
    """Of the whole line, modifiers included."""
    comment: str | None
    category: str | None
    guest_id: str | None
    modifiers: Sequence[ChosenModifier]


@dataclass(frozen=True, kw_only=True)
class Payment:
    path: str
    sum: Decimal
    type_id: str | None
    type_code: str | None
    processed_externally: bool
    preliminary: bool
    external: bool
    additional_data: str | None


def read_item(fields: Fields) -> Item:
    amount = fields.required_number("amount")
    if not 0 < amount < AMOUNT_LIMIT:
        raise Refusal("InvalidAmount", f"Field '{fields.at('amount')}' must be greater than 0 and less than 1000")
    return Item(
        path=fields.path,
        id=fields.required_guid("id"),
        code=fields.text("code"),
        name=fields.text("name"),
        amount=amount,
        sum=fields.number("sum"),
        comment=fields.text("comment", limit=255),
        category=fields.text("category"),
        guest_id=fields.guid("guestId"),
        modifiers=tuple(_read_modifier(one) for one in fields.children("modifiers")),
    )


def _read_modifier(fields: Fields) -> ChosenModifier:
    amount = fields.int32("amount")
    if amount is None:
        raise required(fields.at("amount"))
    if amount < 0:
        raise Refusal("InvalidAmount", f"Field '{fields.at('amount')}' cannot be negative")
    return ChosenModifier(
        path=fields.path,
        id=fields.required_guid("id"),
        name=fields.required_text("name"),
        amount=amount,
        group_id=fields.guid("groupId"),
        group_name=fields.text("groupName"),
    )


def read_payment(fields: Fields) -> Payment:
    """The nested form. The flat one printed in the tips lacks `sum` and is refused (INFERRED: a flattened print)."""
    amount = fields.required_number("sum")
    if amount <= 0:
        raise Refusal("PaymentSumShouldBePositive", f"Field '{fields.at('sum')}' should be positive")
    kind = fields.required_child("paymentType")
    type_id, type_code = kind.guid("id"), kind.text("code")
    if type_id is None and not type_code:
        raise required(f"{kind.path}.id")
    return Payment(
        path=fields.path,
        sum=amount,
        type_id=type_id,
        type_code=type_code,
        processed_externally=fields.required_flag("isProcessedExternally"),
        preliminary=fields.flag("isPreliminary") or False,
        external=fields.flag("isExternal") or False,
        additional_data=fields.text("additionalData"),
    )
