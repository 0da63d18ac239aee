"""What the OpenAPI document promises is what is answered, whatever is sent: schemathesis over real HTTP."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from httpx import BasicAuth, Request
from sqlalchemy import func, select

from app.api.orders import EXAMPLE
from app.domain.order import Order
from app.domain.status import Source
from app.store.keys import Scope
from app.store.tables import callbacks, orders, status_history
from tests.api.conftest import IKENTOO, Api, running
from tests.planted import BODY, Planted, plant, plant_callback, plant_history

DEADLINE_S = 180
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "response_headers_conformance,unsupported_method,allow_header_conformance,ignored_auth,missing_required_header"
)
CONFIG = """
headers = {{ Authorization = "Bearer {key}" }}
max-redirects = 0

[parameters]
"path.order_id" = "{order}"
"path.callback_id" = "{callback}"
"path.location" = "geneva-1"
"path.system" = "ikentoo"
"path.callback_key" = "{callback_key}"

[generation]
deterministic = true
database = "none"
no-shrink = true

[phases.stateful]
enabled = false

# A POS that nobody is at: that is a 502, and documented.
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", 502]

[[operations]]
include-path = "/webhooks/{{system}}/{{callback_key}}"
headers = {{ Authorization = "{basic}" }}
"""


@pytest_asyncio.fixture
async def shop(database_url: str) -> AsyncIterator[Api]:
    """One that has no room for those who wait: whatever is asked, nothing takes long, and each stream ends."""
    async with running(database_url, most_waiting=0) as api:
        await api.put()
        yield api


async def schemathesis(api: Api, directory: Path, *options: str) -> None:
    """Runs it with a key that may do everything, over an order and a callback that are there. Fails where it finds
    something."""
    order = Planted()
    await plant(api.services.engine, order)
    async with api.services.engine.begin() as connection:
        await plant_history(connection, order)
    pos = IKENTOO["pos"]
    values: dict[str, Any] = {
        "key": await api.key(*Scope),
        "order": order.id,
        "callback": await plant_callback(api.services.engine, state="parked"),
        "callback_key": (await api.services.locations.get("geneva-1")).callback_key,
        "basic": basic(pos["callback_username"], pos["callback_password"]),
    }
    config = directory / "schemathesis.toml"
    config.write_text(CONFIG.format(**values))
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", f"{api.url}/openapi.json"]
    process = await asyncio.create_subprocess_exec(
        *command,
        *options,
        "--no-color",
        f"--checks={CHECKS}",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=directory,
    )
    try:
        async with asyncio.timeout(DEADLINE_S):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, output.decode()


def basic(user: str, password: str) -> str:
    request = Request("GET", "http://127.0.0.1")
    next(BasicAuth(user, password).auth_flow(request))
    return request.headers["Authorization"]


async def test_every_answer_is_documented(shop: Api, tmp_path: Path) -> None:
    # Not that which could put another POS's address into the location: nothing here may leave this machine.
    await schemathesis(shop, tmp_path, "--max-examples=5", "--exclude-path=/v1/locations/{location}")
    async with shop.services.engine.connect() as connection:
        # The order was found, and the POS's password fits.
        acted = select(func.count()).select_from(status_history).where(status_history.c.source == Source.OPERATOR)
        assert await connection.scalar(acted)
        called = await connection.scalar(select(func.count()).select_from(callbacks))
        assert called is not None
        assert called > 1


async def test_every_answer_to_changes_of_a_location_is_documented(shop: Api, tmp_path: Path) -> None:
    await schemathesis(shop, tmp_path, "--max-examples=5", "--include-path=/v1/locations/{location}")


async def test_of_an_order_that_breaks_the_schema_nothing_is_stored(shop: Api, tmp_path: Path) -> None:
    # One filter: schemathesis takes what fits any of them.
    options = ("--max-examples=25", "--include-path=/v1/orders", "--mode=negative")
    await schemathesis(shop, tmp_path, *options, "--phases=coverage,fuzzing")
    async with shop.services.engine.connect() as connection:
        stored = [Order.model_validate(body) for body in await connection.scalars(select(orders.c.body))]
    # A header that nobody knows breaks no rule: with it the documented example is a good order.
    example = Order.model_validate(EXAMPLE)
    others = [order.model_copy(update={"currency": None}) for order in stored if order.reference != BODY["reference"]]
    assert others in ([], [example])
    assert len(stored) == 1 + len(others)
