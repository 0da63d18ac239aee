"""The stop list, and which terminal a location sells at. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.adapters.iiko.loose import listed, members, number, objects, text

STOP_LIST = "/api/0/stopLists/getDeliveryStopList"
Stopped = Mapping[str | None, frozenset[str]]
"""Ids of stopped products by terminal; None: at every terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sales:
    """Where a location sells: at one terminal, or at whichever of all Iiko picks."""

    terminal: str | None
    """None: Iiko picks one, so that only what none of them sells is not to be had."""
    terminals: frozenset[str]
    stopped: Stopped

    def stops(self, product_id: str) -> bool:
        """Whether the product is on the stop list where this location sells."""
        if product_id in self.stopped.get(None, ()):
            return True
        if self.terminal is not None:
            return product_id in self.stopped.get(self.terminal, ())
        everywhere = self.terminals or {one for one in self.stopped if one is not None}
        return bool(everywhere) and all(product_id in self.stopped.get(one, ()) for one in everywhere)

    def prohibits(self, terminals: Sequence[str]) -> bool:
        """Whether a product that may not be sold at these terminals may not be sold by this location."""
        if self.terminal is not None:
            return self.terminal in terminals
        return bool(self.terminals) and self.terminals.issubset(terminals)


def stopped_of(body: object) -> Stopped | None:
    """What is not to be had: a balance of 0 or less. None where the answer holds no list."""
    rows = listed(body, "stopList", "items")
    if rows is None:
        return None
    found: dict[str | None, frozenset[str]] = {}
    for row in map(members, rows):
        terminal = (text(row.get("deliveryTerminalId")) or "").lower() or None
        ended = {_product(one) for one in objects(row.get("items")) if _ended(one)} - {None}
        found[terminal] = found.get(terminal, frozenset()) | {one for one in ended if one}
    return found


def _product(item: Mapping[str, object]) -> str | None:
    return (text(members(item).get("productId")) or "").lower() or None


def _ended(item: Mapping[str, object]) -> bool:
    balance = number(members(item).get("balance"))
    return balance is None or balance <= 0
