"""The token endpoint of iKentoo's OAuth2: a refresh token, good for one use, becomes a new pair.

Nothing here touches an order: where the endpoint gives no clear answer, nothing was sent to the POS.
"""

import base64
import math
import ssl
from collections.abc import Mapping
from typing import Any, TypeGuard
from urllib.parse import quote

from app.adapters.base import Limits, TokenPair
from app.adapters.client import Client, call
from app.adapters.ikentoo.settings import IkentooAuth
from app.adapters.transport import Answer, readable, retry_after
from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, PosError

RECONNECT = (
    "Reconnect: authorize the restaurant again at Lightspeed, and put the new refresh_token into the location's "
    "settings (PUT, or order-relay locations apply)."
)
MAX_ANSWER = 65_536
"""Bytes of an answer that are read; a pair of signed tokens has a few thousand."""
MAX_WORDS = 300
"""Letters of them that are shown."""
UNTIL_REFUSED_S = 31_536_000.0
"""Seconds that a token counts as good for where ``expires_in`` is missing or more: until the POS refuses it."""
_CLIENT_REFUSED = ("invalid_client", "unauthorized_client")


class TokenEndpoint:
    """Asks for new pairs, one call each. No retry."""

    def __init__(self, auth: IkentooAuth, limits: Limits, tls: ssl.SSLContext) -> None:
        self._url = auth.token_url or ""
        self._client_id = auth.client_id or ""
        self._client_secret = auth.client_secret.get_secret_value() if auth.client_secret else ""
        self._client = Client(self._url, limits, max_connections=1, tls=tls)
        self._in_body = False

    async def renew(self, refresh_token: str) -> TokenPair:
        """The new pair. Raises AccessDenied (a person must reconnect), Misconfigured, or NotSent.

        Sources differ on where the client's credentials belong. So they go by HTTP Basic first (RFC 6749 2.3.1) and,
        where the client is not known that way, into the form; an endpoint looks at the refresh token only when it
        knows the client, so that the first try costs nothing. What worked is kept.
        """
        answer = await self._post(refresh_token, in_body=self._in_body)
        if not self._in_body and _client_unknown(answer):
            answer = await self._post(refresh_token, in_body=True)
            self._in_body = not _client_unknown(answer)
        if error := _refusal(answer):
            raise error
        return _pair(answer, refresh_token)

    async def aclose(self) -> None:
        """Closes the connection."""
        await self._client.aclose()

    async def _post(self, refresh_token: str, *, in_body: bool) -> Answer:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        headers: dict[str, str] = {}
        if in_body:
            form |= {"client_id": self._client_id, "client_secret": self._client_secret}
        else:
            pair = ":".join(quote(each, safe="") for each in (self._client_id, self._client_secret))
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        mask = (refresh_token, self._client_secret)
        try:
            return await call(self._client, "POST", "", form=form, headers=headers, mask=mask, max_body=MAX_ANSWER)
        except (NotSent, InDoubt) as error:
            message = f"The token endpoint gave no answer; nothing was sent to the POS. {error.message}"
            raise NotSent(message) from None


def _object(answer: Answer) -> Mapping[str, Any]:
    data = answer.json()
    return data if isinstance(data, dict) else {}


def _client_unknown(answer: Answer) -> bool:
    """401, or the words for it. ``invalid_request``: an endpoint that reads the form alone misses the client's id."""
    word = _object(answer).get("error")
    return answer.status == 401 or (answer.status == 400 and word in ("invalid_client", "invalid_request"))


def _refusal(answer: Answer) -> PosError | None:
    """What a status of the token endpoint means for the location; None for 200."""
    status, word = answer.status, _object(answer).get("error")
    if status == 200:
        return None
    said = f"the token endpoint said {_said(answer)}"
    if word == "invalid_grant":
        return AccessDenied(f"The refresh token is not taken any more: {said}. {RECONNECT}", http_status=status)
    if word in _CLIENT_REFUSED or status in (401, 403):
        fix = "Correct client_id and client_secret, or reconnect with a new refresh_token (PUT, or locations apply)."
        return AccessDenied(f"The OAuth client is refused: {said}. {fix}", http_status=status)
    if status in (408, 429) or status >= 500:
        message = f"No new access token: {said}; nothing was sent to the POS."
        return NotSent(message, http_status=status, retry_after_s=retry_after(answer))
    return Misconfigured(f"No new access token: {said}. Is token_url right?", http_status=status)


def _said(answer: Answer) -> str:
    """Status and the two words that the standard knows, without secrets; nothing else of the answer is shown."""
    data = _object(answer)
    words = [value for key in ("error", "error_description") if isinstance(value := data.get(key), str)]
    return readable(": ".join([str(answer.status), *words]), mask=answer.mask)[:MAX_WORDS]


def _pair(answer: Answer, used: str) -> TokenPair:
    data = _object(answer)
    access, refresh = data.get("access_token"), data.get("refresh_token") or used
    if not _is_token(access) or not _is_token(refresh):
        raise Misconfigured("The token endpoint answered 200, but with no tokens. Is token_url right?", http_status=200)
    # An endpoint that does not rotate sends no new refresh token: the old one stays good (RFC 6749 6).
    return TokenPair(access_token=access, refresh_token=refresh, expires_in_s=_life(data.get("expires_in")))


def _is_token(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value != "" and all("!" <= sign <= "~" for sign in value)


def _life(value: object) -> float:
    try:
        seconds = float(value) if isinstance(value, int | float | str) else UNTIL_REFUSED_S
    except (ValueError, OverflowError):
        return UNTIL_REFUSED_S
    return UNTIL_REFUSED_S if math.isnan(seconds) else min(max(seconds, 0.0), UNTIL_REFUSED_S)
