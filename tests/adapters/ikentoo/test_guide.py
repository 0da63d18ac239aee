"""The two example orders of the iKentoo API guide, field by field: what we send differs only where we say why."""

from typing import Any

import pytest

from tests.adapters.ikentoo.setting import POS, REFERENCE, location, submission
from tests.adapters.ikentoo.test_cases import read

ABSENT = object()
EVERYWHERE: dict[str, Any] = {
    # Made by us before the first send, so that a repeat can never create a second order.
    "/thirdPartyReference": str(REFERENCE),
    # Listed without a meaning, equal to the least time to live, and gone from today's reference.
    "/min_TTL": ABSENT,
    # "Strongly recommended to use!"
    "/maxTimeToAttemptOrderDeliverToPos": 300_000,
}
DEVIATIONS: dict[str, dict[str, Any]] = {
    "guide-local": {
        # The website's own reference comes first, for the staff.
        "/orderNote": "REF1234\nNote: order note",
    },
    "guide-to-go": {
        "/orderNote": "ORDER-REF-123",
        # A delivery needs a phone number here; the example has none.
        "/customerInfo/contactNumberAsE164": "+41221234567",
    },
}


def flat(value: Any, pointer: str = "") -> dict[str, Any]:
    match value:
        case dict():
            return {k: v for name, member in value.items() for k, v in flat(member, f"{pointer}/{name}").items()}
        case list():
            return {k: v for n, member in enumerate(value) for k, v in flat(member, f"{pointer}/{n}").items()}
        case _:
            return {pointer: value}


@pytest.mark.parametrize("case", DEVIATIONS)
def test_the_guides_example(case: str) -> None:
    sent = POS.translate(location(**read(case, "location")), submission(read(case, "order")))
    ours, theirs = flat(sent.request.body), flat(read(case, "guide"))
    same = object()
    different = {
        pointer: ours.get(pointer, ABSENT)
        for pointer in ours.keys() | theirs.keys()
        if ours.get(pointer, same) != theirs.get(pointer, ABSENT)
    }
    assert different == EVERYWHERE | DEVIATIONS[case]
    types = {pointer: type(value) for pointer, value in ours.items() if pointer in theirs}
    assert types == {pointer: type(theirs[pointer]) for pointer in types}


@pytest.mark.parametrize("case", DEVIATIONS)
def test_the_customers_reference_is_sent_by_setting_only(case: str) -> None:
    sent = POS.translate(location(), submission(read(case, "order")))
    assert "thirdPartyReference" not in sent.request.body["customerInfo"]
    assert sent.not_sent == ("/customer/reference",)
