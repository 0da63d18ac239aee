"""HTTP calls to one location's iKentoo: its connections, its credentials, and what must never be shown of them.

An answer 401 says that the token was refused and the request not looked at. So with OAuth, and only then, such a call
is made once more with a new token.
"""

import ssl
from collections.abc import Mapping
from typing import Any

from app.adapters.base import Limits, Vault
from app.adapters.client import Client, call
from app.adapters.ikentoo.oauth import TokenEndpoint
from app.adapters.ikentoo.settings import IkentooAuth, IkentooSettings
from app.adapters.transport import MAX_BODY, Answer
from app.domain.errors import Misconfigured
from app.domain.location import Location

_SPARE_CONNECTIONS = 2  # beside the sends: a registration, a check by a person


class Calls:
    """No retry but of a refused token, no state but the connections."""

    def __init__(
        self, location: Location, settings: IkentooSettings, limits: Limits, tls: ssl.SSLContext, vault: Vault | None
    ) -> None:
        self._client = Client(
            settings.base_url,
            limits,
            max_connections=location.settings.max_in_flight + _SPARE_CONNECTIONS,
            headers=_authorization(settings),
            tls=tls,
        )
        self._secrets = _secrets(settings)
        self._tokens: _Tokens | None = None
        if settings.auth is not None and settings.auth.access_token is None:
            self._tokens = _Tokens(location.id, settings.auth, TokenEndpoint(settings.auth, limits, tls), vault)

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

        async def once(token: str | None) -> Answer:
            headers, mask = ({"Authorization": f"Bearer {token}"}, (token,)) if token else ({}, ())
            return await call(
                self._client,
                method,
                path,
                params=params,
                json=json,
                headers=headers,
                mask=(*self._secrets, *mask),
                max_body=max_body,
            )

        if self._tokens is None:
            return await once(None)
        token = await self._tokens.living()
        answer = await once(token)
        if answer.status == 401:
            answer = await once(await self._tokens.living(refused=token))
        return answer

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()
        if self._tokens is not None:
            await self._tokens.aclose()


class _Tokens:
    """Access tokens of one location, from the vault."""

    def __init__(self, location_id: str, auth: IkentooAuth, endpoint: TokenEndpoint, vault: Vault | None) -> None:
        self._location_id = location_id
        self._first = auth.refresh_token.get_secret_value() if auth.refresh_token else ""
        self._endpoint = endpoint
        self._vault = vault

    async def living(self, *, refused: str | None = None) -> str:
        if self._vault is None:
            raise Misconfigured("Renewing tokens by OAuth needs the database, which is not at hand here.")
        return await self._vault.access_token(
            self._location_id, first=self._first, renew=self._endpoint.renew, refused=refused
        )

    async def aclose(self) -> None:
        await self._endpoint.aclose()


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
