"""Menus: what is known of a location's catalog, read through a bounded memory.

Only the products that orders name are held, not whole menus: a process serves many locations. What a product was is
remembered under the catalog's version, so that a sync is seen as soon as its new version is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.catalog import NO_MENU, Menu, Names, Product
from app.domain.location import Location
from app.domain.order import Item, Order, SubItem
from app.relay.cache import ReadThrough
from app.store import catalogs as store
from app.store.database import run

REMEMBERED = 20_000
"""Products, over all locations; a few kilobytes each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    version: int
    synced_at: datetime | None
    names_synced_at: datetime | None
    names: Names


_Key = tuple[str, int, str]
"""Location, version of its catalog, and ``s:`` with a SKU or ``p:`` with a product's id."""


class Menus:
    """Dropped, like settings, when a process says that something has changed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._heads: ReadThrough[str, _Head] = ReadThrough(self._read_head)
        self._products: dict[_Key, Product | None] = {}

    def drop(self) -> None:
        """Looks again what the present versions are."""
        self._heads.drop()

    async def for_order(self, location: Location, order: Order) -> Menu:
        """What the order and the location's settings name. Raises StorageUnavailable."""
        return await self.of(location, named_by(order))

    async def of(self, location: Location, keys: Collection[str]) -> Menu:
        """The products behind these keys (see ``named_by``) and the settings', and all dictionaries."""
        head = await self._heads.get(location.id)
        if head is None:
            return NO_MENU
        found: tuple[Product, ...] = ()
        if head.synced_at is not None:
            wanted = set(keys).union(*(_keys(sku, sku) for sku in location.pos.skus))
            found = await self._found(location.id, head.version, wanted)
        return Menu(synced_at=head.synced_at, products=found, names=head.names, names_synced_at=head.names_synced_at)

    async def _found(self, location_id: str, version: int, wanted: Collection[str]) -> tuple[Product, ...]:
        held = {key: self._products.get((location_id, version, key), _UNREAD) for key in wanted}
        missing = [key for key, product in held.items() if product is _UNREAD]
        if missing:
            held |= await self._read(location_id, version, missing)
        unique = {product.key: product for product in held.values() if isinstance(product, Product)}
        return tuple(unique.values())

    async def _read(self, location_id: str, version: int, keys: Collection[str]) -> dict[str, Product | None]:
        skus = [key[2:] for key in keys if key.startswith("s:")]
        ids = [key[2:] for key in keys if key.startswith("p:")]

        async def read(connection: AsyncConnection) -> list[Product]:
            return await store.read_products(connection, location_id, skus=skus, product_ids=ids)

        read_products = await run(self._engine, read, single_statement=True)
        found: dict[str, Product | None] = dict.fromkeys(keys)
        for product in reversed(read_products):  # the first one of a SKU wins
            for key in (f"s:{product.sku}", f"p:{(product.product_id or '').lower()}"):
                if key in found:
                    found[key] = product
        self._remember(location_id, version, found)
        return found

    def _remember(self, location_id: str, version: int, found: dict[str, Product | None]) -> None:
        for key, product in found.items():
            while len(self._products) >= REMEMBERED:
                del self._products[next(iter(self._products))]  # the one read longest ago
            self._products[location_id, version, key] = product

    async def _read_head(self, location_id: str) -> _Head | None:
        async def read(connection: AsyncConnection) -> _Head | None:
            head = await store.read_head(connection, location_id)
            if head is None or (head.synced_at is None and head.names_synced_at is None):
                return None
            return _Head(
                version=head.version,
                synced_at=head.synced_at,
                names_synced_at=head.names_synced_at,
                names=await store.read_names(connection, location_id),
            )

        return await run(self._engine, read)


class _Unread:
    """Not None: a product that is not there is remembered as well."""


_UNREAD = _Unread()


def named_by(order: Order) -> set[str]:
    """The keys of all products that an order may name."""
    keys: set[str] = set()
    for item in order.items:
        lines: list[Item | SubItem] = [item, *item.sub_items]
        for line in lines:
            keys |= _keys(line.sku, line.product_id)
            for modifier in line.modifiers:
                keys |= _keys(modifier.sku, None)
    for fee in order.fees:
        # A fee's SKU may be a product's id: Iiko sells fees as products.
        keys |= _keys(fee.sku, fee.sku)
    return keys


def _keys(sku: str | None, product_id: str | None) -> set[str]:
    named = {f"s:{sku}"} if sku else set()
    return named | {f"p:{product_id.lower()}"} if product_id else named
