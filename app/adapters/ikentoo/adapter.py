"""Calls to one location's iKentoo: no retry, no state but the connections."""

import ssl
from typing import Any
from urllib.parse import quote

from app.adapters.base import Limits, Taken, WireRequest
from app.adapters.ikentoo.answers import refusal, says_ok, taken
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.ikentoo.wire import EventSubscription, WebhookEndpoint
from app.adapters.transport import Answer, call, new_client
from app.domain.errors import InDoubt, Misconfigured
from app.domain.location import Location

WEBHOOK = "/wh/1/webhook"
# SUCCESS is not among the events that the K-Series reference calls "always sent": ask for it (INFERRED).
_SUBSCRIPTIONS = (EventSubscription(resource="order", name="DELIVERED"),)
_SPARE_CONNECTIONS = 2  # beside the sends: a registration, a check by a person


class IkentooAdapter:
    """An open connection to one location."""

    def __init__(self, location: Location, settings: IkentooSettings, limits: Limits, tls: ssl.SSLContext) -> None:
        self._settings = settings
        self._client = new_client(
            settings.base_url,
            limits,
            max_connections=location.settings.max_in_flight + _SPARE_CONNECTIONS,
            headers=_authorization(settings),
            tls=tls,
        )
        self._secrets = _secrets(settings)

    async def create(self, request: WireRequest) -> Taken:
        """Sends the order once. Raises a PosError for everything but "taken"."""
        answer = await self._call(request.method, request.path, json=request.body)
        return taken(answer, request.body.get("thirdPartyReference"))

    async def register_callbacks(self, url: str) -> str:
        """Makes iKentoo call ``url``: ``created``, ``updated``, or ``unchanged`` where all that it shows was right.

        The password is masked when read. So it is written anew in each case, and nothing that was read is written back.
        """
        wanted = self._endpoint(url)
        found = await self._call("GET", f"{WEBHOOK}/{quote(wanted.endpoint_id, safe='')}")
        if found.status == 404:
            _ensure_ok(await self._call("PUT", WEBHOOK, json=wanted.body()))
            return "created"
        _ensure(found)
        _ensure(await self._call("POST", WEBHOOK, json=wanted.body()))
        return "unchanged" if _shows(found, wanted) else "updated"

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

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

    async def _call(self, method: str, path: str, *, json: Any = None) -> Answer:
        auth = self._settings.auth
        if auth is not None and auth.access_token is None:
            raise Misconfigured("This release sends with a lasting access_token only; renewing by OAuth comes later.")
        return await call(self._client, method, path, json=json, mask=self._secrets)


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


def _authorization(settings: IkentooSettings) -> dict[str, str]:
    if settings.auth is None or settings.auth.access_token is None:
        return {}
    return {"Authorization": f"Bearer {settings.auth.access_token.get_secret_value()}"}


def _secrets(settings: IkentooSettings) -> tuple[str, ...]:
    auth = settings.auth
    secrets = [settings.callback_password]
    if auth is not None:
        secrets += [auth.access_token, auth.client_secret, auth.refresh_token]
    return tuple(secret.get_secret_value() for secret in secrets if secret is not None)
