"""What stands in a callback: the five fields of the iKentoo API guide, or those of today's Lightspeed K-Series."""

from typing import Any

from app.simulators.ikentoo.bill import Check
from app.simulators.ikentoo.book import Affair, Paying
from app.simulators.ikentoo.checks import check_view
from app.simulators.ikentoo.config import AccountIds, Endpoint, IdType, PayloadMode, Switches
from app.simulators.ikentoo.verdict import VALIDITY_ENDED

TIMEOUT = "timeout"
_WITH_REASON = ("FAILURE", "CANCELLED", "ABANDONED")


def payload(affair: Affair, word: str, switches: Switches, endpoint: Endpoint) -> dict[str, Any]:
    """Build a callback's body. In seed mode nothing tells an order from a payment, as in the guide.

    In K mode an order's FAILURE has no type and no businessLocationId, as in the vendor's own examples.
    """
    body: dict[str, Any] = {"status": word}
    if affair.reason is not None and word in _WITH_REASON:
        body["reason"] = affair.reason
    body["thirdPartyReference"] = affair.reference
    if affair.check is not None:
        body.update(_account_ids(affair, affair.check, switches))
    if switches.payload_mode == PayloadMode.K:
        body.update(_more(affair, word))
        if affair.check is not None and (word != "FAILURE" or switches.account_snapshot):
            body.update(_snapshot(affair.check, switches, endpoint))
        if "errors" in body and "errors_only" in affair.knobs:
            body.pop("reason", None)
    return body


def _account_ids(affair: Affair, check: Check, switches: Switches) -> dict[str, Any]:
    key = switches.account_id_key.value
    as_text = switches.account_id_type == IdType.STRING
    number = {key: str(check.number) if as_text else check.number}
    if "string_account_id" in affair.knobs:
        return {key: str(check.number)}
    if "int_account_id" in affair.knobs:
        return {key: check.number}
    if switches.account_ids == AccountIds.V2:
        return number
    identifier = {"ikentooAccountIdentifier": check.identifier}
    return {**identifier, **number} if switches.account_ids == AccountIds.BOTH else identifier


def _more(affair: Affair, word: str) -> dict[str, Any]:
    if isinstance(affair, Paying):
        more: dict[str, Any] = {"type": "PAYMENT", "businessLocationId": affair.location_id}
        if word == "FAILURE" and affair.error is not None:
            more["errors"] = _errors(affair.error)
        return more
    return {} if word == "FAILURE" else {"type": "ORDER", "businessLocationId": affair.location_id}


def _errors(error: str) -> dict[str, Any]:
    if error == TIMEOUT:
        return {"timeout": {"errorKey": "errors.payment.pos.task_timeout", "message": VALIDITY_ENDED}}
    return {"account": {"type": error}}


def _snapshot(check: Check, switches: Switches, endpoint: Endpoint) -> dict[str, Any]:
    wanted = endpoint.provide_account if switches.account_snapshot is None else switches.account_snapshot
    if not wanted:
        return {}
    view = check_view(check, k=True)
    if not (endpoint.expand_transactions or switches.account_snapshot):
        view.pop("salesEntries")
    if not (endpoint.expand_payments or switches.account_snapshot):
        view.pop("paymentEntries")
    return {"account": view}
