"""From the words of Iiko's refusals to our failure codes.

Most of Iiko's numbers are UNKNOWN, so the words decide: parts of texts seen in the field, and the names of the error
catalogue of the same engine's newer API (``ProductNotFound`` ...). The raw words stay beside the code.
"""

from app.domain.status import FailureCode

WORDS: tuple[tuple[FailureCode, tuple[str, ...]], ...] = (
    (FailureCode.DUPLICATE_REFERENCE, ("duplicatedorderid", "order already exists", "externalid")),
    (FailureCode.POS_OFFLINE, ("rabbitmq", "terminalgroupdisabled", "terminalgroupunregistered", "is not connected")),
    (FailureCode.POS_TIMEOUT, ("creation timeout expired",)),
    (
        FailureCode.PAYMENT_TYPE_INVALID,
        (
            "paymenttypenotfound",
            "paymenttypecannotbeusedasexternal",
            "payment type",
            "paymenttype",
            "can not be externally processed",
        ),
    ),
    (
        FailureCode.PAYMENT_MISMATCH,
        ("paymentsum", "sum of payments", "payment sum", "should be positive", "paymentitems"),
    ),
    (FailureCode.PRICE_MISMATCH, ("requestproductpriceisnotequaltofrontprice", "price is not equal", "fullsum")),
    (FailureCode.MODIFIER_INVALID, ("modifier", "group amount")),
    (
        FailureCode.ITEM_UNAVAILABLE,
        ("is excluded from menu", "is inactive", "stop list", "stoplist", "prohibited to sale", "out of stock"),
    ),
    (FailureCode.CUSTOMER_CONFLICT, ("customernotfound", "customer '", "customer with", "customerid")),
    (FailureCode.ITEM_NOT_FOUND, ("productnotfound", "productsizenotfound", "product '", "nomenclature")),
    (FailureCode.OUTSIDE_DELIVERY_ZONE, ("outofterminalzone", "delivery zone", "terminalgroupidnotdetermined")),
    (FailureCode.BELOW_MINIMUM, ("sumislessthenminimum", "minimum sum", "minsum", "less than minimum")),
    (FailureCode.ADDRESS_INVALID, ("addressnotfound", "homenotfound", "line1disabled", "address", "street")),
    (
        FailureCode.LOCATION_CLOSED,
        ("too small delivery date", "toosmalldeliverydate", "deliverytimeisunacceptable", "dayofweekisunacceptable"),
    ),
)
"""The first that fits; parts in lower case."""


def failure_code(words: str) -> FailureCode:
    """The code for a refusal with these words."""
    said = words.lower()
    return next((code for code, parts in WORDS if any(part in said for part in parts)), FailureCode.POS_REJECTED)
