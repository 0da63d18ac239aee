"""The address that iKentoo calls: registered under the location's endpoint id (iKentoo API guide, Webhook Management).

PUT creates and POST updates there, and an update that leaves a flag out resets it.
"""

from urllib.parse import quote

from app.adapters.ikentoo.answers import refusal, says_ok
from app.adapters.ikentoo.calls import Calls
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.ikentoo.wire import EventSubscription, WebhookEndpoint
from app.adapters.transport import Answer
from app.domain.errors import InDoubt, Misconfigured

WEBHOOK = "/wh/1/webhook"
# SUCCESS is not among the events that the K-Series reference calls "always sent": ask for it (INFERRED).
_SUBSCRIPTIONS = (EventSubscription(resource="order", name="DELIVERED"),)


async def registered(calls: Calls, settings: IkentooSettings) -> Answer:
    """What is registered under the endpoint id; 404: nothing. The password is masked. Raises a PosError."""
    found = await calls.ask("GET", f"{WEBHOOK}/{quote(settings.endpoint_id, safe='')}")
    if found.status != 404:
        _ensure(found)
    return found


async def register(calls: Calls, settings: IkentooSettings, url: str) -> str:
    """Makes iKentoo call ``url``: ``created``, ``updated``, or ``unchanged`` where all that it shows was right.

    The password is masked when read. So it is written anew in each case, and nothing that was read is written back.
    """
    wanted = _endpoint(settings, url)
    found = await registered(calls, settings)
    if found.status == 404:
        _ensure_ok(await calls.ask("PUT", WEBHOOK, json=wanted.body()))
        return "created"
    _ensure(await calls.ask("POST", WEBHOOK, json=wanted.body()))
    return "unchanged" if _shows(found, wanted) else "updated"


def _endpoint(settings: IkentooSettings, url: str) -> WebhookEndpoint:
    username, password = settings.callback_username, settings.callback_password
    if username is None or password is None:
        raise Misconfigured("Callbacks need callback_username and callback_password: without them none is let in.")
    return WebhookEndpoint(
        endpoint_id=settings.endpoint_id,
        url=url,
        with_basic_auth=True,
        username=username,
        password=password.get_secret_value(),
        subscribe_to=_SUBSCRIPTIONS,
    )


def _ensure(answer: Answer) -> None:
    error = refusal(answer)
    if error is not None:
        raise error


def _ensure_ok(answer: Answer) -> None:
    _ensure(answer)
    if answer.json() is None and not says_ok(answer):
        raise InDoubt("The callback address may or may not be registered.", http_status=answer.status)


def _shows(found: Answer, wanted: WebhookEndpoint) -> bool:
    data = found.json()
    body = wanted.body()
    compared = ("url", "username", "withBasicAuth", "subscribeTo")
    # subscribeTo is younger than the guide: an old server does not show it.
    return isinstance(data, dict) and all(data.get(n) == body[n] for n in compared if n != "subscribeTo" or n in data)
