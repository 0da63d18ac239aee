"""Is a location set up right? One line for each thing that was looked at, in the order in which they fail.

What depends on a line that failed is not looked at, and a last line says so.
"""

from collections.abc import Sequence

import structlog

from app.adapters.base import MenuRead
from app.adapters.iiko import catalog_read, places, streets
from app.adapters.iiko.connection import Connection
from app.adapters.iiko.pos_ready import asked_whether_ready
from app.adapters.iiko.set_up_names import name_lines
from app.domain.catalog import Menu, Names
from app.domain.errors import AccessDenied, PosError
from app.domain.location import Location
from app.domain.venue import Place, SetUpCheck

log = structlog.get_logger(__name__)

_SHOWN = 5


async def check(connection: Connection, location: Location) -> Sequence[SetUpCheck]:
    """Raises nothing."""
    found = _Check(connection, location)
    try:
        await found.run()
    except PosError as error:
        found.wrong("rest", f"Not looked at any further: {told(error)}")
    except Exception as error:
        log.exception("a check stumbled", location=location.id)
        found.wrong("rest", f"Not looked at any further: the check itself stumbled ({type(error).__name__}).")
    return found.lines


def told(error: PosError) -> str:
    """An error in one line, with the POS's own words."""
    words = error.pos_message
    return f"{error.message} Iiko said: {words}" if words and words not in error.message else error.message


class _Check:
    def __init__(self, connection: Connection, location: Location) -> None:
        self._connection = connection
        self._location = location
        self.lines: list[SetUpCheck] = []

    async def run(self) -> None:
        visible = await self._reached()
        if visible is None:
            self.wrong("rest", "Nothing else was looked at, because of the line above.")
            return
        if not self._organization(visible):
            self.wrong("rest", "Names, menu and readiness were not looked at, because of organization_id.")
            return
        names = await self._names()
        menu = await self._menu(names)
        self.lines += await asked_whether_ready(self._connection, self._location, menu)
        await self._addresses()

    def fine(self, name: str, hint: str | None = None) -> None:
        self.lines.append(SetUpCheck(name=name, ok=True, problem=hint))

    def wrong(self, name: str, problem: str) -> None:
        self.lines.append(SetUpCheck(name=name, ok=False, problem=problem))

    async def _reached(self) -> Sequence[Place] | None:
        try:
            visible = await places.read(self._connection)
        except AccessDenied as error:
            self.fine("reachable")
            self.wrong("credentials", f"{told(error)} Correct pos.user_id and pos.user_secret.")
            return None
        except PosError as error:
            self.wrong("reachable", f"{told(error)} Is pos.base_url right, and Iiko up?")
            return None
        self.fine("reachable")
        self.fine("credentials")
        return visible

    def _organization(self, visible: Sequence[Place]) -> bool:
        wanted = self._connection.settings.organization_id.lower()
        mine = next((place for place in visible if place.id.lower() == wanted), None)
        if mine is None:
            seen = ", ".join(f"{place.name} ({place.id})" for place in visible[:_SHOWN]) or "none"
            self.wrong("organization_id", f"These credentials do not see it. They see: {seen}.")
            return False
        self.fine("organization_id", f"{mine.name}")
        if mine.more.get("isActive") is False:
            self.lines[-1] = SetUpCheck(
                name="organization_id", ok=False, problem=f"{mine.name} is not active in Iiko: ask Iiko to activate it."
            )
        self._currency(mine)
        return True

    def _currency(self, mine: Place) -> None:
        told_currency = str(mine.more.get("currencyIsoName") or "").upper()
        ours = self._location.settings.currency
        if told_currency and told_currency != ours:
            self.wrong("currency", f"The location sells in {ours}, but {mine.name} in Iiko in {told_currency}.")

    async def _names(self) -> Names:
        try:
            read = await catalog_read.read_names(self._connection)
        except PosError as error:
            self.wrong("dictionaries", f"{told(error)} Names in the settings were not looked at.")
            return {}
        names: Names = {kind.value: entries for kind, entries in read.items()}
        self.lines += name_lines(self._connection.settings, Menu(names=names))
        return names

    async def _menu(self, names: Names) -> Menu:
        try:
            read = await catalog_read.read_menu(self._connection, self._location.settings.currency, names, since=None)
        except PosError as error:
            self.wrong("menu", told(error))
            return Menu(names=names)
        self._products(read)
        menu = Menu(products=read.products if read else (), names=names)
        self._tip(menu)
        return menu

    def _products(self, read: MenuRead | None) -> None:
        products = read.products if read else ()
        sold = sum(1 for product in products if product.available)
        if not sold:
            self.wrong("menu", f"Of {len(products)} products none can be sold here: look at the menu in Iiko.")
            return
        self.fine("menu", f"{sold} of {len(products)} products can be sold here.")

    def _tip(self, menu: Menu) -> None:
        sku = self._connection.settings.tip_sku
        if sku is None:
            return
        if menu.product(sku=sku) or menu.product(product_id=sku):
            self.fine("tip_sku")
        else:
            self.wrong("tip_sku", f"The menu has no product with the SKU or id {sku!r}: tips are refused.")

    async def _addresses(self) -> None:
        """A hint only: an Iiko without an address book takes any address."""
        try:
            cities = await streets.read_cities(self._connection)
        except PosError as error:
            self.fine("addresses", f"Cities and streets are not shown: {told(error)}")
            return
        known = ", ".join(f"{name} ({count} streets)" for _, name, count in cities[:_SHOWN]) or "no city"
        self.fine("addresses", f"Iiko knows {known}; city and street of a delivery must be spelled as there.")
