"""Free-text reasons seen in the wild."""

import pytest

from app.adapters.ikentoo.reasons import failure_code
from app.domain.status import FailureCode


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("Not processed before validity ended", FailureCode.POS_TIMEOUT),
        ("No devices available to handle the task, the task has been rejected.", FailureCode.POS_OFFLINE),
        ("The specified business location doesn't accept online orders at the moment.", FailureCode.LOCATION_CLOSED),
        ("The specified business location doesn\u2019t accept online orders", FailureCode.LOCATION_CLOSED),
        ("reload error: NF", FailureCode.POS_OFFLINE),
        ("update error:  An error occurred while connecting to Till (7)", FailureCode.POS_OFFLINE),
        ("Could not add item 123 (not found)", FailureCode.ITEM_NOT_FOUND),
        ("No such item id: 1, sku: A, blId: 2", FailureCode.ITEM_NOT_FOUND),
        ("Could not add item Oysters (check sales restrictions)", FailureCode.ITEM_UNAVAILABLE),
        ("the payment amount is greater than the amount due", FailureCode.PAYMENT_MISMATCH),
        (
            "A consumer already exists for this email address with a different external reference.",
            FailureCode.CUSTOMER_CONFLICT,
        ),
        ("PAYMENT_METHOD_NOT_FOUND", FailureCode.PAYMENT_TYPE_INVALID),
        ("Account not found", FailureCode.POS_REJECTED),
        ("NOT PROCESSED BEFORE VALIDITY ENDED", FailureCode.POS_TIMEOUT),
        ("something new", FailureCode.POS_REJECTED),
        ("", FailureCode.POS_REJECTED),
        (None, FailureCode.POS_REJECTED),
    ],
)
def test_reason(reason: str | None, code: FailureCode) -> None:
    assert failure_code(reason) is code
