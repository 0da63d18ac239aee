"""The catalog check over any menu and any order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.catalog import Menu, Pricing, Product
from app.domain.menu_rules import check_menu
from tests.domain.menu_for_rules import SYNCED
from tests.domain.orders import order

CENTS = st.integers(min_value=0, max_value=5_000).map(lambda cents: f"{Decimal(cents).scaleb(-2):f}")
AMOUNTS = st.integers(min_value=0, max_value=3)


@dataclass
class Sale:
    """Products with limits drawn around what is chosen of them, and the order of it."""

    products: list[dict[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    limits: list[tuple[int, dict[str, Any], str, int]] = field(default_factory=list)
    """Each limit that holds: the item's place, what has it, its name, and a value that the order breaks."""
    total: Decimal = Decimal(0)

    def menu(self) -> Menu:
        return Menu(synced_at=SYNCED, products=tuple(map(Product.model_validate, self.products)))

    def pointers(self) -> list[str]:
        placed = order(items=self.items, total=f"{self.total:f}")
        return [finding.pointer for finding in check_menu(placed, self.menu(), currency="CHF")]


class Maker:
    """Draws one product and an item of it."""

    def __init__(self, draw: st.DrawFn, sale: Sale) -> None:
        self._draw, self._sale, self._number = draw, sale, len(sale.products)
        self._priced: list[tuple[dict[str, Any], str]] = []

    def make(self) -> None:
        price = self._draw(CENTS)
        product: dict[str, Any] = {
            "sku": f"S{self._number}",
            "product_id": f"P{self._number}",
            "name": "Dish",
            "price": price,
        }
        named = self._draw(st.sampled_from([{"sku": f"S{self._number}"}, {"product_id": f"p{self._number}"}]))
        item: dict[str, Any] = named | {
            "quantity": self._draw(st.sampled_from([1, 3, "0.5"])),
            "modifiers": [],
            "sub_items": [],
        }
        groups = range(self._draw(st.integers(min_value=0, max_value=3)))
        product["modifier_groups"] = [self._group(number, item["modifiers"]) for number in groups]
        product["deals"] = [self._deal(number, item["sub_items"]) for number in groups[:2]]
        item["modifiers"] = self._draw(st.permutations(item["modifiers"]))
        item["sub_items"] = self._draw(st.permutations(item["sub_items"]))
        line = self._bill(item, price) + sum((self._bill(one, at) for one, at in self._priced), Decimal(0))
        line *= Decimal(item["quantity"])
        self._sale.total += line.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        self._sale.products.append(product)
        self._sale.items.append(item)

    def _bill(self, given_one: dict[str, Any], price: str) -> Decimal:
        """Gives the price, or leaves it to the catalog."""
        if self._draw(st.booleans()):
            given_one["unit_price"] = price
        return Decimal(price) * (given_one["quantity"] if "sub_items" not in given_one else 1)

    def _group(self, number: int, modifiers: list[dict[str, Any]]) -> dict[str, Any]:
        single = self._draw(st.booleans())
        group_id = None if single else f"G{number}"
        limited = single or self._draw(st.booleans())
        choices, total = [], 0
        for place in range(self._draw(st.integers(min_value=1, max_value=3))):
            amount = self._draw(AMOUNTS)
            total += amount
            name = f"{number}.{place}" if single else f"C{place}"  # in groups the same choices may be sold
            choice = {"id": f"M{name}", "sku": f"MS{name}", "name": name, "price": self._draw(CENTS)}
            choices.append(choice | (self._limits(choice, amount) if limited else {"min": 9, "max": 0}))
            if limited:
                self._breakable(choices[-1], amount)
            if amount:
                named = self._draw(st.sampled_from([{"id": f"m{name}"}, {"sku": f"MS{name}"}]))
                modifiers.append(named | {"quantity": amount} | ({} if single else {"group_id": f"g{number}"}))
                self._priced.append((modifiers[-1], choice["price"]))
        group = {"id": group_id, "name": "Group", "each_limited": limited, "modifiers": choices}
        if not single:
            group |= self._limits(group, total)
            self._breakable(group, total)
        return group

    def _limits(self, _: dict[str, Any], amount: int) -> dict[str, Any]:
        least = self._draw(st.integers(min_value=0, max_value=amount))
        most = self._draw(st.none() | st.integers(min_value=amount, max_value=amount + 2))
        return {"min": least, "max": most}

    def _breakable(self, limited: dict[str, Any], amount: int) -> None:
        self._sale.limits.append((self._number, limited, "min", amount + 1))
        if amount:
            self._sale.limits.append((self._number, limited, "max", amount - 1))

    def _deal(self, number: int, sub_items: list[dict[str, Any]]) -> dict[str, Any]:
        choices = [{"sku": f"D{number}.{place}", "name": "Part", "price": self._draw(CENTS)} for place in range(3)]
        chosen = self._draw(st.lists(st.sampled_from(choices), max_size=3))
        for choice in chosen:
            sub_items.append({"sku": choice["sku"], "quantity": 1})
            self._priced.append((sub_items[-1], choice["price"]))
        deal = {
            "name": "Deal",
            "required": bool(chosen) and self._draw(st.booleans()),
            "multiple": len(chosen) > 1 or self._draw(st.booleans()),
            "items": choices,
        }
        if not chosen:
            self._sale.limits.append((self._number, deal, "required", True))
        if len(chosen) > 1:
            self._sale.limits.append((self._number, deal, "multiple", False))
        return deal


@st.composite
def sales(draw: st.DrawFn) -> Sale:
    sale = Sale()
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        Maker(draw, sale).make()
    return sale


@given(sales())
def test_an_order_within_all_limits_has_no_findings(sale: Sale) -> None:
    assert sale.pointers() == []


@given(sales(), st.data())
def test_one_broken_limit_is_found_below_its_item(sale: Sale, data: st.DataObject) -> None:
    assume(sale.limits)
    place, limited, name, value = data.draw(st.sampled_from(sale.limits))
    limited[name] = value
    found = sale.pointers()
    assert len(found) == 1
    assert found[0].startswith(f"/items/{place}/")


BREAKS: list[Callable[[dict[str, Any]], object]] = [
    lambda item: item["modifiers"].append({"id": "unheard-of"}),
    lambda item: item["sub_items"].append({"sku": "unheard-of"}),
    lambda item: item.update(unit_price="77.77"),
]


@given(sales(), st.data())
def test_one_wrong_choice_or_price_is_found_below_its_item(sale: Sale, data: st.DataObject) -> None:
    place = data.draw(st.integers(min_value=0, max_value=len(sale.items) - 1))
    data.draw(st.sampled_from(BREAKS))(sale.items[place])
    found = [pointer for pointer in sale.pointers() if pointer != "/total"]
    assert len(found) == 1
    assert found[0].startswith(f"/items/{place}/")


@given(sales(), st.sampled_from(["0.01", "-0.01"]))
def test_a_total_that_is_off_by_a_cent_is_found(sale: Sale, off: str) -> None:
    sale.total += Decimal(off)
    all_given = all(
        "unit_price" in one for item in sale.items for one in [item, *item["modifiers"], *item["sub_items"]]
    )
    assume(sale.total >= 0 and not all_given)
    assert sale.pointers() == ["/total"]


IDS = st.sampled_from(["a", "A", "b", "c", "d"])
MAYBE_ID = st.none() | IDS
LIMIT = st.integers(min_value=-2, max_value=4)
PRICE = st.none() | st.sampled_from(["0", "1.005", "-2", "1e300", "1e-300", "0.00"])


def some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(members)


def few(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, max_size=3)


CHOICES = few(
    some(
        id=MAYBE_ID,
        sku=MAYBE_ID,
        name=IDS,
        price=PRICE.map(lambda price: price or "0"),
        min=LIMIT,
        max=st.none() | LIMIT,
    )
)
GROUPS = few(
    some(id=MAYBE_ID, name=IDS, min=LIMIT, max=st.none() | LIMIT, each_limited=st.booleans(), modifiers=CHOICES)
)
PARTS = few(some(sku=IDS, name=IDS, price=PRICE.map(lambda price: price or "0")))
DEALS = few(some(name=IDS, required=st.booleans(), multiple=st.booleans(), items=PARTS))
PRODUCTS = few(
    some(
        sku=MAYBE_ID,
        product_id=MAYBE_ID,
        name=IDS,
        price=PRICE,
        available=st.booleans(),
        pricing=st.sampled_from(Pricing),
        modifier_groups=GROUPS,
        deals=DEALS,
    )
)
GIVEN_PRICE = st.none() | st.sampled_from(["0", "1.00", "999999999.999"])
QUANTITY = st.sampled_from([1, 2, 999, "0.001"])
MODIFIERS = few(some(id=MAYBE_ID, sku=MAYBE_ID, group_id=MAYBE_ID, quantity=QUANTITY, unit_price=GIVEN_PRICE))
SUB_ITEMS = few(some(sku=MAYBE_ID, product_id=MAYBE_ID, quantity=QUANTITY, unit_price=GIVEN_PRICE, modifiers=MODIFIERS))
ITEMS = st.lists(
    some(
        sku=MAYBE_ID,
        product_id=MAYBE_ID,
        quantity=QUANTITY,
        unit_price=GIVEN_PRICE,
        modifiers=MODIFIERS,
        sub_items=SUB_ITEMS,
        discount_code=st.none() | IDS,
    ),
    min_size=1,
    max_size=3,
)
FEES = few(some(sku=MAYBE_ID, amount=st.just("1.00")))


@given(PRODUCTS, ITEMS, FEES, st.sampled_from(["CHF", "JPY", "BHD"]))
def test_any_order_with_any_menu(
    products: list[dict[str, Any]], items: list[dict[str, Any]], fees: list[dict[str, Any]], currency: str
) -> None:
    menu = Menu(synced_at=SYNCED, products=tuple(map(Product.model_validate, products)))
    placed = order(items=items, fees=fees)
    found = check_menu(placed, menu, currency=currency)
    assert found == check_menu(placed, menu, currency=currency)
    assert len(set(found)) == len(found)
    assert all(finding.message.endswith(".") for finding in found)
    places = [_place(finding.pointer) for finding in found]
    assert places == sorted(places)


def _place(pointer: str) -> tuple[int, int, int, int]:
    """Of items, then modifiers before sub-items; then fees; then the total."""
    root, *path = pointer.removeprefix("/").split("/")
    below = path[1] if len(path) > 1 else ""
    rank = {"modifiers": 1, "sub_items": 2}.get(below, 0)
    number = int(path[2]) if rank and len(path) > 2 else -1
    return ["items", "fees", "total"].index(root), int(path[0]) if path else 0, rank, number
