"""What one location's iKentoo is asked: no retry, no state but the connections."""

import ssl
from urllib.parse import quote

from app.adapters.base import Limits, Taken, Vault, WireRequest
from app.adapters.ikentoo.answers import refusal, says_ok, taken
from app.adapters.ikentoo.calls import Calls
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.ikentoo.wire import EventSubscription, WebhookEndpoint
from app.adapters.transport import Answer
from app.domain.errors import InDoubt, Misconfigured
from app.domain.location import Location

WEBHOOK = "/wh/1/webhook"
# SUCCESS is not among the events that the K-Series reference calls "always sent": ask for it (INFERRED).
_SUBSCRIPTIONS = (EventSubscription(resource="order", name="DELIVERED"),)


class IkentooAdapter:
    """An open connection to one location."""

    def __init__(
        self,
        location: Location,
        settings: IkentooSettings,
        limits: Limits,
        tls: ssl.SSLContext,
        vault: Vault | None = None,
    ) -> None:
        self._settings = settings
        self._calls = Calls(location, settings, limits, tls, vault)

    async def create(self, request: WireRequest) -> Taken:
        """Sends the order once. Raises a PosError for everything but "taken"."""
        answer = await self._calls.ask(request.method, request.path, json=request.body)
        return taken(answer, request.body.get("thirdPartyReference"))

    async def register_callbacks(self, url: str) -> str:
        """Makes iKentoo call ``url``: ``created``, ``updated``, or ``unchanged`` where all that it shows was right.

        The password is masked when read. So it is written anew in each case, and nothing that was read is written back.
        """
        wanted = self._endpoint(url)
        found = await self._calls.ask("GET", f"{WEBHOOK}/{quote(wanted.endpoint_id, safe='')}")
        if found.status == 404:
            _ensure_ok(await self._calls.ask("PUT", WEBHOOK, json=wanted.body()))
            return "created"
        _ensure(found)
        _ensure(await self._calls.ask("POST", WEBHOOK, json=wanted.body()))
        return "unchanged" if _shows(found, wanted) else "updated"

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._calls.aclose()

    def _endpoint(self, url: str) -> WebhookEndpoint:
        username, password = self._settings.callback_username, self._settings.callback_password
        if username is None or password is None:
            raise Misconfigured("Callbacks need callback_username and callback_password: without them none is let in.")
        return WebhookEndpoint(
            endpoint_id=self._settings.endpoint_id,
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
