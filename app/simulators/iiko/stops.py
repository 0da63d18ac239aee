"""The stop list: what a terminal has no more of, or only so much of."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.simulators.iiko.catalog import Catalog
from app.simulators.iiko.dictionaries import Dictionaries
from app.simulators.iiko.errors import Refusal
from app.simulators.iiko.model import Product, Terminal
from app.simulators.iiko.request_parts import Item

Json = dict[str, object]


class Stops:
    """Balances by name of terminal (ids change) and id of product. No entry: as much as anybody wants."""

    def __init__(self, catalog: Catalog, dictionaries: Dictionaries) -> None:
        self._catalog = catalog
        self._dictionaries = dictionaries
        self._balances: dict[tuple[str, str], Decimal] = {}

    def reset(self) -> None:
        """Everything is there."""
        self._balances.clear()

    def stop(self, product_id: str, terminals: Sequence[Terminal], balance: Decimal) -> None:
        """So much is left at these terminals."""
        self._balances.update({(one.name, product_id): balance for one in terminals})

    def resume(self, product_id: str, terminals: Sequence[Terminal]) -> None:
        """It is there again."""
        for one in terminals:
            self._balances.pop((one.name, product_id), None)

    def __iter__(self) -> Iterator[tuple[str, Product, Decimal]]:
        """Terminal, product, what is left."""
        for (name, product_id), balance in self._balances.items():
            if product_id in self._catalog.products:
                yield name, self._catalog.products[product_id], balance

    def rename_terminal(self, old: str, new: str) -> None:
        """Its stop list follows."""
        self._balances = {(new if name == old else name, one): left for (name, one), left in self._balances.items()}

    def check(self, items: Sequence[Item], terminal: Terminal | None, text: str) -> None:
        """Refuse an order that wants more than there is; how the real one words it is UNKNOWN."""
        for product_id, balance, wanted in self._wanted(items, terminal):
            if wanted > balance:
                name = self._catalog.products[product_id].name
                shown = text.replace("{name}", name).replace("{id}", product_id).replace("{balance}", f"{balance:f}")
                raise Refusal("ProductInStopList", shown)

    def take(self, items: Sequence[Item], terminal: Terminal | None) -> None:
        """An order was created: less is left."""
        for product_id, balance, wanted in list(self._wanted(items, terminal)):
            if terminal is not None:
                self._balances[terminal.name, product_id] = max(balance - wanted, Decimal(0))

    def listing(self) -> list[Json]:
        """As `stopLists/getDeliveryStopList` has it: the terminals that lack something."""
        rows = ((terminal, self._items(terminal)) for terminal in self._dictionaries.terminals)
        organization = self._dictionaries.organization_id
        return [
            {"deliveryTerminalId": terminal.id, "organizationId": organization, "items": items}
            for terminal, items in rows
            if items
        ]

    def _items(self, terminal: Terminal) -> list[Json]:
        mine = ((product, balance) for name, product, balance in self if name == terminal.name)
        return [{"productId": product.id, "balance": balance} for product, balance in mine]

    def _wanted(self, items: Sequence[Item], terminal: Terminal | None) -> Iterator[tuple[str, Decimal, Decimal]]:
        """Product, what is left, what is wanted; modifiers count per unit of their item."""
        amounts: dict[str, Decimal] = {}
        for item in items:
            amounts[item.id] = amounts.get(item.id, Decimal(0)) + item.amount
            for chosen in item.modifiers:
                amounts[chosen.id] = amounts.get(chosen.id, Decimal(0)) + chosen.amount * item.amount
        for product_id, amount in amounts.items():
            balance = self._balances.get((terminal.name, product_id)) if terminal else None
            if balance is not None:
                yield product_id, balance, amount
