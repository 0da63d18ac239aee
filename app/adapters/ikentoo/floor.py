"""Reads what can be seen of a restaurant at iKentoo: places, tables, open checks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from app.adapters.ikentoo.answers import no_account
from app.adapters.ikentoo.checks import open_check
from app.adapters.ikentoo.loose import objects, text, whole
from app.adapters.ikentoo.reads import Reads, data_of
from app.domain.errors import Rejected
from app.domain.status import FailureCode
from app.domain.venue import DiningTable, FloorPlan, OpenCheck, Place

ALL_CHECKS = "/op/1/order/table/getCheck"


async def places(reads: Reads) -> Sequence[Place]:
    """The business locations of all businesses. Raises a PosError."""
    data = data_of(await reads.calls.ask("GET", "/op/data/businesses"))
    return tuple(_places(data))


def _places(data: Any) -> Iterator[Place]:
    for business in objects(data):
        for each in objects(business.get("businessLocations")):
            if place_id := text(each, "id"):
                more = {"business_id": text(business, "id")}
                yield Place(
                    id=place_id, name=text(each, "name") or place_id, business=text(business, "name"), more=more
                )


async def floor_plans(reads: Reads) -> Sequence[FloorPlan]:
    """Rooms with their tables. Raises a PosError."""
    answer = await reads.calls.ask("GET", f"/op/data/{reads.location_id}/floorplans")
    if answer.status == 404 and (not answer.body.strip() or answer.json() is not None):
        return ()  # today's reference: none is set up; a gateway that knows no such address answers with a page
    return tuple(_floor_plans(data_of(answer)))


def _floor_plans(data: Any) -> Iterator[FloorPlan]:
    for plan in objects(data):
        tables = (
            DiningTable(number=number, description=text(each, "description"), default_guests=_guests(each))
            for each in objects(plan.get("tables"))
            if (number := whole(each, "number")) is not None
        )
        yield FloorPlan(name=text(plan, "name") or "", tables=tuple(tables))


def _guests(table: Any) -> int | None:
    return whole(table, "defaultClientCount")


async def open_checks(reads: Reads, table: int | None) -> Sequence[OpenCheck]:
    """The open checks of one table, or of all. Raises a PosError.

    Of a table the POS shows one check only, the oldest (K-Series reference); the others come from the list of all.
    """
    if table is None:
        return _checks(await reads.get(ALL_CHECKS))
    answer = await reads.ask(f"/op/1/order/table/{table}/getCheck")
    if no_account(answer):
        return ()
    oldest = _checks([data_of(answer)])
    others = [each for each in _checks(await reads.get(ALL_CHECKS)) if each.table == table]
    return (*oldest, *(each for each in others if each.check not in {known.check for known in oldest}))


def _checks(data: Any) -> tuple[OpenCheck, ...]:
    return tuple(check for each in objects(data) if (check := open_check(each)) is not None)


async def account_of_table(reads: Reads, table: int) -> str:
    """The one check of the table that can be paid. Raises Rejected where there is none or more than one."""
    candidates = [each for each in await open_checks(reads, table) if each.check and each.outstanding > 0]
    match candidates:
        case [OpenCheck(check=str(account))]:
            return account
        case []:
            raise _rejected(f"Table {table} has no open check with anything left to pay.")
    raise _rejected(
        f"Table {table} has {len(candidates)} open checks; name one of them as check: {_named(candidates)}."
    )


def _named(checks: Iterable[OpenCheck]) -> str:
    return "; ".join(f"{each.check} ({each.name or 'no name'}, {each.outstanding:f} to pay)" for each in checks)


def _rejected(message: str) -> Rejected:
    return Rejected(message, code=FailureCode.PAYMENT_MISMATCH)
