"""Webhook endpoints. PUT creates and POST updates, as the iKentoo API guide has it."""

import re
from typing import Any

from app.simulators.ikentoo.config import Endpoint, PayloadMode
from app.simulators.ikentoo.errors import ApiError, FieldError, invalid
from app.simulators.ikentoo.fields import Node

_OBJECT = "webhookEndpointDto"


def read_endpoint(data: Any) -> Endpoint:
    """Read a registration. What is left out takes its default, also in an update: that is how POST resets flags."""
    errors: list[FieldError] = []
    node = Node(data, "", errors, [])
    endpoint_id = node.text("endpointId", required=True, least=1)
    url = node.text("url", required=True)
    if url is not None and not re.fullmatch(r"https?://[^\s/]+.*", url):
        node.violate("url", "URL", "must be a valid URL")
    values = {
        "with_basic_auth": node.boolean("withBasicAuth") or False,
        "username": node.text("username"),
        "password": node.text("password"),
        "provide_account": node.boolean("provideAccount") or False,
        "expand_transactions": node.boolean("expandTransactions") or False,
        "expand_payments": node.boolean("expandPayments") or False,
    }
    if errors or endpoint_id is None or url is None:
        raise invalid(_OBJECT, errors)
    return Endpoint(endpoint_id=endpoint_id, url=url, **values)  # type: ignore[arg-type]


def find(endpoints: dict[str, Endpoint], endpoint_id: str) -> Endpoint:
    """Find a registration by its case-sensitive id; raises 404."""
    if endpoint_id not in endpoints:
        raise ApiError(404, f"endpoint ID not found for {endpoint_id}")
    return endpoints[endpoint_id]


def endpoint_view(endpoint: Endpoint, mode: PayloadMode, *, masked: bool) -> dict[str, Any]:
    """Show a registration; reading it back shows no password, and in K mode its flags."""
    view: dict[str, Any] = {
        "endpointId": endpoint.endpoint_id,
        "url": endpoint.url,
        "withBasicAuth": endpoint.with_basic_auth,
        "username": endpoint.username,
        "password": "*****" if masked and endpoint.password is not None else endpoint.password,
    }
    if mode == PayloadMode.K:
        view["provideAccount"] = endpoint.provide_account
        view["expandTransactions"] = endpoint.expand_transactions
        view["expandPayments"] = endpoint.expand_payments
    return view
