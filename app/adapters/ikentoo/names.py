"""iKentoo's dictionaries: menus, production instructions and discounts (iKentoo API guide)."""

from collections.abc import Iterator
from typing import Any

from app.adapters.ikentoo.loose import amount, flag, objects, text
from app.domain.catalog import Entry


def menus(data: Any) -> Iterator[Entry]:
    """``/op/1/menu/list``."""
    for each in objects(data):
        if menu_id := text(each, "ikentooMenuId"):
            yield Entry(id=menu_id, name=text(each, "menuName"))


def instructions(data: Any) -> Iterator[Entry]:
    """``/op/1/menu/modifiers``: one entry for each instruction, with its group."""
    for group in objects(data):
        group_id = text(group, "productionIntructionGroupId", "productionInstructionGroupId")
        more: dict[str, Any] = {
            "group_id": group_id,
            "group_name": text(group, "productionInstructionGroupName"),
            "multi": flag(group, "multiSelectionPermitted") is True,
        }
        for each in objects(group.get("productionInstructionList")):
            if modifier_id := text(each, "ikentooModifierId"):
                yield Entry(id=modifier_id, name=text(each, "instruction"), **more)


def discounts(data: Any) -> Iterator[Entry]:
    """``/op/1/menu/discounts``: ``percentage``, or ``amount`` (K-Series reference), as decimal strings."""
    for each in objects(data):
        if code := text(each, "code"):
            shares = {"percentage": amount(each, "discountPercentage"), "amount": amount(each, "discountAmount")}
            more: dict[str, Any] = {name: f"{share:f}" for name, share in shares.items() if share is not None}
            yield Entry(code=code, name=text(each, "name"), **more)
