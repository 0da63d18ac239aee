"""What a POS shows, as people read it in a terminal, 80 columns wide at the least."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.cli.order_tables import one_line
from app.domain.venue import FloorPlan, KnownGuest, OpenCheck, Place, SetUpCheck

Json = Mapping[str, Any]


def check_lines(location: str, lines: Sequence[SetUpCheck]) -> RenderableType:
    """A line each, with what is wrong below it, and the sum of it at the end."""
    wrong = sum(1 for line in lines if not line.ok)
    told = Text(f"{location}: all right", "bold green")
    if wrong:
        told = Text(f"{location}: {wrong} of {len(lines)} things are wrong", "bold red")
    return Group(*(part for line in lines for part in _check(line)), told)


def _check(line: SetUpCheck) -> Iterator[RenderableType]:
    yield Text.assemble(("ok     ", "green") if line.ok else ("WRONG  ", "bold red"), line.name)
    if line.problem:
        yield _indented(Text(one_line(line.problem), "" if line.ok else "yellow"), 9)


def places_table(places: Sequence[Place]) -> RenderableType:
    """What the credentials can see."""
    rows = [(place.id, place.name, place.business or "") for place in places]
    return _table(("id", "name", "business"), rows) if rows else Text("These credentials see nothing.")


def plans_told(plans: Sequence[FloorPlan]) -> RenderableType:
    """Rooms, and below each its tables."""
    if not plans:
        return Text("No floor plan.")
    return Group(*(part for plan in plans for part in _plan(plan)))


def _plan(plan: FloorPlan) -> Iterator[RenderableType]:
    yield Text(plan.name or "(no name)", "bold")
    for table in plan.tables:
        seats = f", for {table.default_guests}" if table.default_guests else ""
        yield _indented(Text(f"{table.number}  {table.description or ''}{seats}"))


def checks_told(checks: Sequence[OpenCheck]) -> RenderableType:
    """Each open check with its lines."""
    return Group(*(part for check in checks for part in _open(check))) if checks else Text("No open check.")


def _open(check: OpenCheck) -> Iterator[RenderableType]:
    where = f"table {check.table}" if check.table is not None else "no table"
    yield Text.assemble((check.check or "(no number)", "bold"), f"  {where}  {check.name or ''}".rstrip())
    yield _indented(Text(f"total {check.total:f}, paid {check.paid:f}, outstanding {check.outstanding:f}"))
    for line in check.lines:
        amount = f"  {line.amount:f}" if line.amount is not None else ""
        gone = "" if line.active else " (cancelled)"
        yield _indented(Text(f"{_count(line.quantity)}{line.name or line.sku or '?'}{amount}{gone}"), 4)


def _count(quantity: Any) -> str:
    return f"{quantity.normalize():f} x " if quantity is not None else ""


def guest_told(known: KnownGuest) -> RenderableType:
    """A guest, a line a member."""
    given = {"id": known.id, **known.guest.model_dump(mode="json"), **known.more}
    rows = [(name, one_line(str(value))) for name, value in given.items() if value not in (None, "", [], {})]
    return _table(("", ""), rows, headed=False)


def catalog_told(catalog: Json) -> RenderableType:
    """Products below their groups, with what can be chosen."""
    named = {group["id"]: group["name"] for group in catalog["groups"]}
    grouped: dict[str | None, list[Json]] = {}
    for product in catalog["products"]:
        grouped.setdefault(product["group_id"], []).append(product)
    parts: list[RenderableType] = []
    for group, products in grouped.items():
        parts.append(Text(named.get(group) or "(no group)", "bold"))
        parts += [part for product in products for part in _product(product)]
    return Group(*parts, Text(synced_told(catalog), "dim"))


def _product(product: Json) -> Iterator[RenderableType]:
    price = f"  {product['price']}" if product["price"] is not None else ""
    gone = "" if product["available"] else "  (not sold now)"
    named = product["sku"] or product["product_id"] or "?"
    yield _indented(Text(f"{named}  {product['name']}{price}{gone}", "" if product["available"] else "dim"))
    for group in product["modifier_groups"]:
        limits = f"{group['min']}..{group['max'] if group['max'] is not None else 'any'}"
        chosen = ", ".join(choice["name"] for choice in group["modifiers"])
        yield _indented(Text(f"{group['name']} ({limits}): {one_line(chosen)}"), 4)
    for deal in product["deals"]:
        chosen = ", ".join(choice["name"] for choice in deal["items"])
        wanted = "one" if deal["required"] else "any"
        yield _indented(Text(f"{deal['name']} ({wanted}): {one_line(chosen)}"), 4)


def dictionaries_told(known: Json) -> RenderableType:
    """Each kind that has entries: what settings may name."""
    parts: list[RenderableType] = []
    for kind, entries in known.items():
        if isinstance(entries, list) and entries:
            rows = [(entry["code"] or "", entry["name"] or "", entry["id"] or "") for entry in entries]
            parts += [Text(kind.replace("_", " "), "bold"), _indented(_table(("code", "name", "id"), rows))]
    return Group(*parts, Text(synced_told(known), "dim"))


def synced_told(state: Json) -> str:
    """When that was, and what went wrong since."""
    if state["synced_at"] is None:
        told = "Never synced: order-relay locations sync LOCATION"
    else:
        told = f"As of {state['synced_at']}"
    return f"{told}; the last sync failed: {state['error']}" if state.get("error") else told


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, headed: bool = True) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=headed)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _indented(what: RenderableType, by: int = 2) -> RenderableType:
    return Padding(what, (0, 0, 0, by), expand=False)
