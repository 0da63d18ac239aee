"""The payment of an open check in iKentoo's words (iKentoo API guide, Make Payment). Pure."""

from datetime import timedelta
from typing import Any

from app.adapters.base import PaymentSubmission, Translation, WireRequest
from app.adapters.ikentoo.ledger import Ledger
from app.adapters.ikentoo.place import V2_ID, V3_IDENTIFIER
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.ikentoo.times import payment_time_to_live
from app.adapters.ikentoo.wire import CheckPaymentBody
from app.domain.location import Location
from app.domain.money import written

PAY = "/op/1/pay"
ACCOUNT = "account"
"""The fact that preparing finds out: which check is open on the table."""
ACCOUNT_KEYS = {
    "guide": {"ikaccountId": "ikaccountId", "ikaccountIdentifier": "ikaccountIdentifier"},
    "k_series": {"ikaccountId": "iKaccountId", "ikaccountIdentifier": "iKaccountIdentifier"},
}
"""How the account is called, by the setting ``payment_account_key``. Whether both are taken is UNKNOWN."""


def translate_payment(location: Location, settings: IkentooSettings, submission: PaymentSubmission) -> Translation:
    """The paying request. Of a table whose check is not known yet it lacks the account, and is not sent so.

    Raises OrderNotExpressible.
    """
    payment, currency = submission.payment, location.settings.currency
    ledger = Ledger(payment.reference)
    account_id, identifier = _account(submission, ledger)
    method = settings.payment_methods.get(payment.method)
    if method is None:
        ledger.refuse("/method", "unknown_method", f"The location's payment_methods have no {payment.method!r}.")
    ledger.settle()
    body = CheckPaymentBody(
        payment_method=method or "",
        # Without the tip, unlike the payment of an order (K-Series reference).
        payment_amount=written(payment.amount, currency),
        tip_amount=written(payment.tip, currency) if payment.tip else None,
        third_party_payment_reference=str(submission.reference),
        endpoint_id=settings.endpoint_id,
        business_location_id=settings.business_location_id,
        task_ttl_in_ms=payment_time_to_live(submission) // timedelta(milliseconds=1),
        staff_id=settings.staff_id,
        ikaccount_id=account_id,
        ikaccount_identifier=identifier,
    )
    return Translation(request=WireRequest(method="POST", path=PAY, body=_spelt(body.body(), settings)))


def _account(submission: PaymentSubmission, ledger: Ledger) -> tuple[int | None, str | None]:
    account = submission.payment.check or submission.facts.get(ACCOUNT)
    if account is None:
        return None, None
    if V3_IDENTIFIER.fullmatch(account):
        return None, account
    if V2_ID.fullmatch(account):
        return int(account), None
    ledger.refuse("/check", "bad_check", "A check is named like A1234.56, or by digits alone (iKentoo V2).")
    return None, None


def _spelt(body: dict[str, Any], settings: IkentooSettings) -> dict[str, Any]:
    keys = ACCOUNT_KEYS[settings.payment_account_key]
    return {keys.get(name, name): value for name, value in body.items()}


def names_account(body: Any) -> bool:
    """Whether the request says which check it pays."""
    return any(name in body for keys in ACCOUNT_KEYS.values() for name in keys.values())
