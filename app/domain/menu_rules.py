"""What a synced catalog says against an order. Pure: an order and a menu in, findings out.

What is not known is not judged: no menu, no price, the choices of a product that the menu does not have.
"""

from app.domain.catalog import Menu
from app.domain.errors import Finding
from app.domain.menu_choices import check_choices
from app.domain.menu_lines import Reader
from app.domain.menu_prices import line_price, total_mismatch
from app.domain.menu_products import fee_product, item_product
from app.domain.menu_words import title
from app.domain.order import Order


def check_menu(order: Order, menu: Menu, *, currency: str) -> list[Finding]:
    """Everything that the menu has against the order, in the order's own order; nothing where it was never synced.

    The codes are words of ``failure.code``. A product that the menu does not have may be new: ``item_not_found`` is
    what a sync may cure.
    """
    if menu.synced_at is None:
        return []
    reader = Reader(menu)
    findings: list[Finding] = []
    lines = []
    for number, item in enumerate(order.items):
        line = reader.line(item, f"/items/{number}")
        lines.append(line)
        findings += item_product(item, line.product, line.pointer, reader)
        findings += line_price(line, currency)
        findings += check_choices(line, title(item, line.product), currency)
    for number, fee in enumerate(order.fees):
        findings += fee_product(fee, f"/fees/{number}", reader)
    findings += total_mismatch(order, lines, currency)
    return list(dict.fromkeys(findings))  # two groups of one name may lack the same
