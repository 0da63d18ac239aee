"""The order printed in the Iiko integration tips, field by field.

The print has lost its braces and one level of nesting; ``tips.json`` has them where Iiko reads them (address and
payments inside ``order``), its placeholders filled.
"""

from collections.abc import Iterator
from typing import Any

from tests.adapters.iiko.places import case, translated

FACTS = {"customer_id": case("asabix", "tips")["customer"]["id"]}
"""As found in Iiko by the phone."""


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else None
    )
    if members is None:
        yield path, value
        return
    for key, member in members:
        yield from leaves(member, f"{path}.{key}".lstrip("."))


def test_is_the_order_of_the_tips_but_for_the_listed_deviations() -> None:
    tips = dict(leaves(case("asabix", "tips")))
    ours = dict(leaves(dict(translated(case("asabix", "order"), facts=FACTS).request.body)))
    deviating = {path for path in tips.keys() | ours.keys() if path not in ours or tips.get(path, ...) != ours[path]}
    assert deviating == case("asabix", "deviations").keys()


def test_says_what_deviates() -> None:
    body = translated(case("asabix", "order"), facts=FACTS).request.body
    order = body["order"]
    assert order["id"] == "0190b2a4-7c1e-7d3a-9f00-0123456789ab"
    assert order["externalId"] == order["comment"] == "WEB-10042"
    assert order["paymentItems"] == [
        {"sum": "613.00", "paymentType": {"code": "CARD"}, "isProcessedExternally": False},
    ]
    assert order["isSelfService"] is True


def test_nothing_is_null_or_empty() -> None:
    body = translated(case("asabix", "order"), facts=FACTS).request.body
    assert [path for path, value in leaves(dict(body)) if value in (None, "", [], {})] == []
