"""docs/pos-coverage.md says the truth: what it names exists, and it names all that the two POS documents do."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from app.adapters.iiko import wire as iiko
from app.adapters.ikentoo import wire as ikentoo
from app.adapters.ikentoo.callbacks import WORDS
from app.api.app import ROUTERS
from app.cli.commands import app as commands

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/pos-coverage.md").read_text()

IIKO = """
GET /api/0/auth/access_token
GET /api/0/organization/list
GET /api/0/nomenclature/{organizationId}
GET /api/0/rmsSettings/getPaymentTypes
GET /api/0/rmsSettings/getOrderTypes
GET /api/0/rmsSettings/getMarketingSources
GET /api/0/deliverySettings/getDeliveryTerminals
GET /api/0/customers/get_customer_by_phone
POST /api/0/customers/create_or_update
POST /api/0/orders/checkCreate
POST /api/0/orders/add
GET /api/0/orders/info
GET /api/0/orders/deliveryOrders
POST /api/0/orders/add_order_problem
GET /api/0/stopLists/getDeliveryStopList
GET /api/0/cities/cities
GET /api/0/streets/streets
"""
IKENTOO = """
GET /op/data/businesses
GET /op/data/{businessLocationId}/floorplans
GET /op/1/menu/list
GET /op/1/menu/load/{menuId}
GET /op/1/menu/modifiers
GET /op/1/menu/discounts
GET /op/1/order/table/{tableNumber}/getCheck
GET /op/1/order/table/getCheck
POST /op/1/order/local
POST /op/1/order/toGo
POST /op/1/pay
POST /op/1/printMsg
PUT /wh/1/webhook
POST /wh/1/webhook
GET /wh/1/webhook/{endpointId}
POST {token_url}
"""
CALLBACKS = "SUCCESS FAILURE READY_FOR_PICKUP CLOSED CHECK_WAS_UPDATED IN_DELIVERY CANCELLED ABANDONED"

_ORDER = """businessLocationId thirdPartyReference endpointId customerInfo orderNote maxTimeToAttemptOrderDeliverToPos
    staffId accountProfileCode scheduledTimeForOrderAsIso8601 payment items min_TTL"""
_LINE = "quantity sku customItemName customItemPrice modifiers"
FIELDS: dict[str, tuple[str, type[BaseModel]]] = {
    "request": ("organization deliveryTerminalId customer order", iiko.OrderRequest),
    "customer": ("id name phone email", iiko.WireCustomer),
    "order": (
        """date phone customerName fullSum isSelfService orderTypeId personsCount marketingSourceId items address
        paymentItems""",
        iiko.WireOrder,
    ),
    "item of Iiko": ("id name amount code sum modifiers", iiko.WireItem),
    "modifier of Iiko": ("id name amount", iiko.WireModifier),
    "address": ("city street home housing apartment entrance floor doorphone comment", iiko.WireAddress),
    "payment item": ("name comment isProcessedExternally", iiko.WirePaymentItem),
    "payment type": ("id code", iiko.WirePaymentType),
    "local order": (f"{_ORDER} accountId accountIdentifier tableNumber clientCount", ikentoo.LocalOrder),
    "to-go order": (
        f"{_ORDER} collectionCode orderCollectionTimeAsIso8601 takeAway deliveryAddress",
        ikentoo.ToGoOrder,
    ),
    "customerInfo": (
        "firstName lastName thirdPartyReference email contactNumberAsE164 notes salutation",
        ikentoo.CustomerInfo,
    ),
    "payment of an order": ("paymentMethod paymentAmount tipAmount min_TTL", ikentoo.PaymentInfo),
    "item": (f"{_LINE} discountCode course subItems", ikentoo.ItemLine),
    "sub-item": (_LINE, ikentoo.SubLine),
    "modifier": ("modifierId", ikentoo.ModifierRef),
    "deliveryAddress": ("addressLine1 addressLine2 zip city", ikentoo.DeliveryAddress),
    "payment of a check": (
        """paymentMethod paymentAmount tipAmount thirdPartyPaymentReference endpointId businessLocationId taskTtlInMs
        staffId deviceId ikaccountId ikaccountIdentifier min_TTL""",
        ikentoo.CheckPaymentBody,
    ),
    "message": ("message alsoToPrinter thirdPartyReference", ikentoo.TillMessageBody),
    "webhook": ("endpointId url withBasicAuth username password", ikentoo.WebhookEndpoint),
}
"""By the page's word for the object: the fields as the documents have them, and the model that is sent."""


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def named(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def tables(page: str) -> Iterator[list[dict[str, str]]]:
    for block in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        head, _, *rows = block.splitlines()
        names = cells(head)
        yield [dict(zip(names, cells(row), strict=True)) for row in rows]


def rows_with(column: str) -> list[dict[str, str]]:
    return [row for table in tables(PAGE) for row in table if column in row]


ENDPOINTS = rows_with("route")
PROVEN = rows_with("test")


def names_of(rows: Sequence[dict[str, str]], column: str) -> list[str]:
    return sorted({name for row in rows for name in named(row[column])})


def test_every_endpoint_has_one_row() -> None:
    wanted = [line for line in (IIKO + IKENTOO).splitlines() if line]
    found = [named(row["endpoint"])[0] for row in ENDPOINTS]
    assert sorted(set(found) - {"GET /op/1/onlineOrderReadiness"}) == sorted(wanted)
    assert len(found) == len(set(found))


def test_every_callback_has_a_row() -> None:
    found = names_of(rows_with("callback"), "callback")
    assert found == sorted(CALLBACKS.split()) == sorted(WORDS)


def test_no_cell_is_empty() -> None:
    for row in (*ENDPOINTS, *rows_with("callback")):
        assert all(row.values()), row
        assert named(row["test"]), row
    for row in ENDPOINTS:
        assert named(row["code"]), row


def path_of(endpoint: str) -> str:
    """As the code has it: without what is filled in."""
    return endpoint.partition(" ")[2].partition("{")[0].rstrip("/")


@pytest.mark.parametrize("row", ENDPOINTS, ids=lambda row: named(row["endpoint"])[0])
def test_the_code_of_a_row_is_about_its_endpoint(row: dict[str, str]) -> None:
    path = path_of(named(row["endpoint"])[0]) or "token_url"
    folder = (ROOT / named(row["code"])[0]).parent
    assert any(path in module.read_text() for module in folder.glob("*.py")), path


@cache
def functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("test", sorted({name for name in named(PAGE) if name.startswith("tests/") and "::" in name}))
def test_a_test_is_there(test: str) -> None:
    file, _, function = test.partition("::")
    assert function.startswith("test_")
    assert function in functions(ROOT / file)


def test_modules_and_tests_are_paths_of_the_repository() -> None:
    paths = [name.partition("::")[0] for name in named(PAGE) if name.startswith(("app/", "tests/"))]
    assert paths
    assert [path for path in paths if not (ROOT / path).is_file()] == []


def routes() -> set[str]:
    every = [route for router in ROUTERS for route in router.routes]
    paths = get_openapi(title="", version="", routes=every)["paths"]
    return {f"{method.upper()} {path}" for path, operations in paths.items() for method in operations}


def test_every_route_is_there() -> None:
    wanted = {name.replace("...", "/v1/locations/{location}") for row in ENDPOINTS for name in named(row["route"])} | {
        name for name in named(PAGE) if name.startswith("POST /webhooks")
    }
    assert wanted - routes() == set()
    assert len(wanted) > 15


def is_command(words: Sequence[str]) -> bool:
    here: Any = typer.main.get_command(commands)
    for word in words:
        here = getattr(here, "commands", {}).get(word)
    return here is not None and not hasattr(here, "commands")


@pytest.mark.parametrize("command", names_of(ENDPOINTS, "command"))
def test_a_command_is_there(command: str) -> None:
    assert is_command(command.split())


def test_what_is_no_command_is_told_apart() -> None:
    assert not is_command(["locations"])
    assert not is_command(["locations", "explode"])
    assert not is_command(["locations", "sync", "more"])


def objects() -> dict[str, dict[str, str]]:
    """Both POSs have items and modifiers: the first of a name is Iiko's, whose table comes first."""
    found: dict[str, dict[str, str]] = {}
    iikos, ikentoos = (table for table in tables(PAGE) if "object" in table[0])
    for row in iikos:
        both = any(other["object"] == row["object"] for other in ikentoos)
        found[f"{row['object']} of Iiko" if both else row["object"]] = row
    return found | {row["object"]: row for row in ikentoos}


def test_every_object_has_a_row() -> None:
    assert objects().keys() == FIELDS.keys()


@pytest.mark.parametrize("name", FIELDS)
def test_the_fields_are_those_that_are_sent(name: str) -> None:
    documented, model = FIELDS[name]
    sent, unsent, more = (set(named(text)) for text in list(objects()[name].values())[1:])
    assert sent | unsent == set(documented.split())
    assert sent | more == {field.alias or field_name for field_name, field in model.model_fields.items()}
    assert not sent & (unsent | more)
