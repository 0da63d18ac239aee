"""HTTP calls to one location's iKentoo: its connections, its credentials, and what must never be shown of them."""

import ssl
from collections.abc import Mapping
from typing import Any

from app.adapters.base import Limits, Vault
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.transport import MAX_BODY, Answer, call, new_client
from app.domain.errors import Misconfigured
from app.domain.location import Location

_SPARE_CONNECTIONS = 2  # beside the sends: a registration, a check by a person


class Calls:
    """No retry, no state but the connections."""

    def __init__(
        self, location: Location, settings: IkentooSettings, limits: Limits, tls: ssl.SSLContext, vault: Vault | None
    ) -> None:
        self._settings = settings
        self._vault = vault
        self._client = new_client(
            settings.base_url,
            limits,
            max_connections=location.settings.max_in_flight + _SPARE_CONNECTIONS,
            headers=_authorization(settings),
            tls=tls,
        )
        self._secrets = _secrets(settings)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | bool] | None = None,
        json: Any = None,
        max_body: int = MAX_BODY,
    ) -> Answer:
        """The answer, whatever its status. ``path`` is appended to ``base_url``. Raises a PosError."""
        auth = self._settings.auth
        if auth is not None and auth.access_token is None:
            raise Misconfigured("This release sends with a lasting access_token only; renewing by OAuth comes later.")
        return await call(self._client, method, path, params=params, json=json, mask=self._secrets, max_body=max_body)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()


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
