"""Access tokens as the vendor gives them: OAuth2 with refresh tokens that are good for one use.

Time-to-live and rotation from the vendor's API portal; the bodies of refusals are those of RFC 6749 and 6750.
Times are real seconds, whatever the clock factor: the client counts on `expires_in`.
"""

import base64
import binascii
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote

from starlette.requests import Request
from starlette.responses import Response

from app.simulators.ikentoo.config import OAuth
from app.simulators.ikentoo.errors import AccessRefused, reply

TOKEN_PATHS = ("/oauth/token", "/realms/k-series/protocol/openid-connect/token")
_FORM = "application/x-www-form-urlencoded"
_UNCACHED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_TOKENS_KEPT = 10_000


@dataclass
class Tokens:
    """The tokens of one simulator: one refresh token is good at a time, access tokens live until they expire."""

    config: OAuth
    refreshes: int = 0
    refused: int = 0
    _refresh: str | None = None
    _refresh_ends: float | None = None
    _access: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start with the configured refresh token."""
        self.reset()

    def reset(self) -> None:
        """Forget all tokens but the configured refresh token, and what was counted."""
        self.refreshes = self.refused = 0
        self._access.clear()
        self.connect(self.config.refresh_token)

    def connect(self, refresh_token: str | None = None) -> str:
        """Make one refresh token the good one, as a person would who connects anew; answers it."""
        lifetime = self.config.refresh_lifetime_s
        self._refresh = refresh_token or secrets.token_urlsafe(48)
        self._refresh_ends = time.monotonic() + lifetime if lifetime else None
        return self._refresh

    def revoke(self) -> None:
        """Make the present refresh token worthless; access tokens live on."""
        self._refresh = None

    def expire(self) -> int:
        """End all access tokens; answers how many lived."""
        count = self.living
        self._access.clear()
        return count

    @property
    def living(self) -> int:
        """How many access tokens are good now."""
        now = time.monotonic()
        return sum(ends > now for ends in self._access.values())

    def alive(self, access_token: str) -> bool:
        """Tell whether an access token is good."""
        return self._access.get(access_token, 0.0) > time.monotonic()

    def knows(self, client_id: str, client_secret: str) -> bool:
        """Tell whether these are a client's credentials."""
        expected = self.config.clients.get(client_id, "")
        return bool(expected) and hmac.compare_digest(expected.encode(), client_secret.encode())

    def rotate(self, refresh_token: str) -> str | None:
        """Use up a refresh token and answer a new access token; None if it is not the good one (any more)."""
        good = self._refresh is not None and hmac.compare_digest(self._refresh.encode(), refresh_token.encode())
        if not good or (self._refresh_ends is not None and self._refresh_ends <= time.monotonic()):
            self.refused += 1
            return None
        self.refreshes += 1
        self.connect()
        while len(self._access) >= _TOKENS_KEPT:
            self._access.pop(next(iter(self._access)))
        access_token = secrets.token_urlsafe(48)
        self._access[access_token] = time.monotonic() + self.config.access_lifetime_s
        return access_token

    def pair(self, access_token: str) -> dict[str, str | int]:
        """Write the answer of a refresh."""
        return {
            "access_token": access_token,
            "expires_in": self.config.access_lifetime_s,
            "refresh_expires_in": self.config.refresh_lifetime_s,
            "refresh_token": self._refresh or "",
            "token_type": "bearer",
            "scope": "orders-api offline_access",
        }


async def answer_token(tokens: Tokens, request: Request) -> Response:
    """Answer the token endpoint: grant_type refresh_token, the client named by HTTP Basic or in the form."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise AccessRefused(400, "invalid_request", f"Content type {_FORM} is expected")
    form = {name: values[-1] for name, values in parse_qs((await request.body()).decode("utf-8", "replace")).items()}
    _authenticate(tokens, request.headers, form)
    if form.get("grant_type") != "refresh_token":
        raise AccessRefused(400, "unsupported_grant_type", "Unsupported grant_type")
    if "refresh_token" not in form:
        raise AccessRefused(400, "invalid_request", "No refresh token")
    access_token = tokens.rotate(form["refresh_token"])
    if access_token is None:
        raise AccessRefused(400, "invalid_grant", "Token is not active")
    return reply(tokens.pair(access_token), headers=_UNCACHED)


def _authenticate(tokens: Tokens, headers: Mapping[str, str], form: Mapping[str, str]) -> None:
    client_id, client_secret = form.get("client_id", ""), form.get("client_secret", "")
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name = password = ""
        client_id, client_secret = unquote(name), unquote(password)
    if not tokens.knows(client_id, client_secret):
        raise AccessRefused(401, "invalid_client", "Invalid client or Invalid client credentials")
