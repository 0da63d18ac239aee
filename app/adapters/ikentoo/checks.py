"""Open checks as iKentoo tells them (iKentoo API guide, Check Lookup)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from app.adapters.ikentoo.loose import Json, amount, flag, objects, text, whole
from app.domain.venue import CheckLine, CheckPaid, OpenCheck


def open_check(data: Json) -> OpenCheck | None:
    """The check; None for one that is closed, which "open, of the current day" should leave out already."""
    if text(data, "closeDate"):
        return None
    total = amount(data, "currentAmount") or Decimal(0)
    paid = amount(data, "paidAmount") or Decimal(0)
    return OpenCheck(
        # Both forms of account ids come as ikaccountId: A1232.23443 (V3) and 46802258625135 (V2).
        check=text(data, "ikaccountId", "iKaccountId", "ikaccountIdentifier", "iKaccountIdentifier"),
        name=text(data, "name"),
        table=whole(data, "tableNumber"),
        guests=whole(data, "clientCount"),
        opened_at=moment(text(data, "openDate")),
        staff=text(data, "staffName", "staffId"),
        total=total,
        paid=paid,
        outstanding=total - paid,
        lines=tuple(_lines(data, "salesEntries")),
        payments=tuple(_payments(data)),
    )


def _lines(data: Json, name: str, depth: int = 0) -> Iterator[CheckLine]:
    """Each line, and below it those of what was chosen for it. Cancelled ones are inactive or negative."""
    for each in objects(data.get(name)):
        yield CheckLine(
            sku=text(each, "itemSku"),
            name=text(each, "itemName"),
            quantity=amount(each, "quantity"),
            amount=amount(each, "amountWithTax"),
            active=flag(each, "active") is not False,
        )
        if depth < 5:
            yield from _lines(each, "subLineItems", depth + 1)


def _payments(data: Json) -> Iterator[CheckPaid]:
    for each in objects(data.get("paymentEntries")):
        yield CheckPaid(
            method=text(each, "paymentMethodCode", "paymentMethodDescription"),
            amount=amount(each, "amountPaid"),
            at=moment(text(each, "paymentDate")),
            active=flag(each, "active") is not False,
        )


def moment(written: str | None) -> datetime | None:
    """A time such as ``2017-11-14T15:42:46.000+0000``; one without an offset is UTC, as the guide says of all."""
    try:
        at = datetime.fromisoformat(written or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
