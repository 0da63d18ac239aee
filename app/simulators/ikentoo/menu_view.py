"""Menus, instructions, discounts and floor plans as the API shows them, in the guide's own spelling.

`Intruction` in productionIntructionGroupId and POSTIVE are misspelt there, and inside a product the list of groups and
the list of a group's instructions have the same name.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from app.simulators.ikentoo.card import Card
from app.simulators.ikentoo.config import PayloadMode, Switches
from app.simulators.ikentoo.menu import (
    Choice,
    DealGroup,
    Discount,
    FloorPlan,
    InstructionGroup,
    Menu,
    MenuGroup,
    Product,
    RichData,
)


class MenuView:
    """Shows one menu. `rich` None: rich content was not asked for; False: it was, and there is none."""

    def __init__(self, card: Card, menu: Menu, switches: Switches, *, rich: bool | None) -> None:
        """Show `menu` with the products that are on the card now."""
        self._card = card
        self._menu = menu
        self._k = switches.payload_mode == PayloadMode.K
        self._rich = rich

    def body(self) -> dict[str, Any]:
        """Build the answer of menu/load."""
        body: dict[str, Any] = {
            "menuName": self._menu.name,
            "menuEntryGroups": [self._group(each) for each in self._menu.groups],
        }
        if self._rich is not None:
            body["richDataMissing"] = not self._rich
        return {**body, "ikentooMenuId": self._menu.id}

    def _group(self, group: MenuGroup) -> dict[str, Any]:
        products = (self._card.products[sku] for sku in group.skus if sku in self._card.products)
        return {
            "@type": "group",
            "name": group.name,
            "color": group.color,
            "menuEntry": [self._deal(each) if each.deal else self._item(each) for each in products],
            "type": "group",
        }

    def _item(self, product: Product) -> dict[str, Any]:
        view = _head("menuItem", product.name, product.price, product.color, product.sku)
        view["asSubItem"] = product.as_sub_item
        view["customItemNameEnabled"] = product.custom_name
        view["pricingStrategy"] = product.pricing.value
        view.update(self._rich_of(product))
        view.update(self._tax(product.price, product))
        if groups := self._card.groups_of(product):
            view["productionInstructionList"] = [group_view(each, k=self._k) for each in groups]
        return {**view, "taxIncludedInPrice": product.tax_included, "type": "menuItem"}

    def _deal(self, deal: Product) -> dict[str, Any]:
        view = _head("menuDeal", deal.name, deal.price, deal.color, deal.sku)
        view.update(self._rich_of(deal))
        view.update(self._tax(deal.price, deal))
        view["menuDealGroups"] = [self._deal_group(each) for each in deal.deal]
        return {**view, "taxIncludedInPrice": deal.tax_included, "type": "menuDeal"}

    def _deal_group(self, group: DealGroup) -> dict[str, Any]:
        view: dict[str, Any] = {
            "description": group.description,
            "mustSelectAnItem": group.must_select,
            "multiSelectionPermitted": group.multi,
        }
        if self._k:  # today's names; INFERRED that they stand here
            view["minimumSelection"] = int(group.must_select)
            view["maximumSelection"] = len(group.choices) if group.multi else 1
        return {**view, "items": [self._choice(each) for each in group.choices if each.sku in self._card.products]}

    def _choice(self, choice: Choice) -> dict[str, Any]:
        """A choice has no pricingStrategy in the guide's example."""
        product = self._card.products[choice.sku]
        view = _head("menuItem", choice.name, choice.price, choice.color, choice.sku)
        view["asSubItem"] = False
        view["customItemNameEnabled"] = product.custom_name
        view.update(self._tax(choice.price, product))
        if groups := self._card.groups_of(product):
            view["productionInstructionList"] = [group_view(each, k=self._k) for each in groups]
        return {**view, "taxIncludedInPrice": product.tax_included, "type": "menuItem"}

    def _rich_of(self, product: Product) -> dict[str, Any]:
        return {"itemRichData": _rich_data(product.rich)} if self._rich and product.rich is not None else {}

    def _tax(self, price: Decimal, product: Product) -> dict[str, str]:
        tax = {"defaultTaxAmount": _money(price * product.tax_rate)}
        if self._menu.tax_percentage:
            tax["defaultTaxPercentage"] = _money(product.tax_rate * 100)
        return tax


def _head(kind: str, name: str, price: Decimal, color: str, sku: str) -> dict[str, Any]:
    return {"@type": kind, "productName": name, "productPrice": _money(price), "color": color, "sku": sku}


def _rich_data(rich: RichData) -> dict[str, Any]:
    return {
        "squareImageUrl": rich.square_image,
        "rawImageUrl": rich.raw_image,
        "texts": [
            {"locale": each.locale, "friendlyDisplayName": each.name, "description": each.description}
            for each in rich.texts
        ],
        "allergenCodes": list(rich.allergens),
    }


def group_view(group: InstructionGroup, *, k: bool) -> dict[str, Any]:
    """Show production instructions; in K mode with today's bounds (INFERRED that they stand here)."""
    view: dict[str, Any] = {
        "multiSelectionPermitted": group.multi,
        "productionInstructionGroupName": group.name,
        "productionIntructionGroupId": group.id,
    }
    if k:
        view["minimumSelection"] = int(group.required)
        view["maximumSelection"] = len(group.options) if group.multi else 1
    options = [{"instruction": each.name, "ikentooModifierId": each.id} for each in group.options]
    return {**view, "productionInstructionList": options}


def discount_view(discount: Discount) -> dict[str, Any]:
    """Show a discount: a percentage, or today's amount."""
    view: dict[str, Any] = {"name": discount.name, "code": discount.code}
    if discount.amount is not None:
        return {**view, "discountAmount": _money(discount.amount)}
    return {**view, "discountPercentage": _money(discount.percentage or Decimal(0))}


def floor_plans_view(plans: Iterable[FloorPlan]) -> list[dict[str, Any]]:
    """Show floor plans with their tables."""
    return [
        {
            "name": plan.name,
            "tables": [
                {"number": each.number, "description": each.description, "defaultClientCount": each.clients}
                for each in plan.tables
            ],
        }
        for plan in plans
    ]


def _money(amount: Decimal) -> str:
    return str(amount.quantize(Decimal("0.01")))
