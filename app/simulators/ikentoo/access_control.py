"""The control API's part about access: count refreshes, end tokens, connect anew."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.simulators.console import BadControl, answer, guarded, json_object
from app.simulators.ikentoo.oauth import Tokens
from app.simulators.ikentoo.parts import Parts


class AccessControl:
    """Answers the routes under `/_sim/oauth`; 400 unless OAuth is configured."""

    def __init__(self, parts: Parts) -> None:
        """Control the tokens of one simulator."""
        self._parts = parts

    def routes(self) -> list[Route]:
        """Build them."""
        return [
            Route("/_sim/oauth", guarded(self.show), methods=["GET"]),
            Route("/_sim/oauth/expire", guarded(self.expire), methods=["POST"]),
            Route("/_sim/oauth/revoke", guarded(self.revoke), methods=["POST"]),
            Route("/_sim/oauth/connect", guarded(self.connect), methods=["POST"]),
        ]

    async def show(self, _request: Request) -> Response:
        """Count refreshes and living access tokens."""
        return answer(self._counts())

    async def expire(self, _request: Request) -> Response:
        """End all access tokens; the refresh token stays good."""
        return answer({"expired": self._tokens.expire(), **self._counts()})

    async def revoke(self, _request: Request) -> Response:
        """Make the refresh token worthless; access tokens live on."""
        self._tokens.revoke()
        return answer(self._counts())

    async def connect(self, request: Request) -> Response:
        """Make a new refresh token good, or the `refresh_token` given, and show it."""
        given = (await json_object(request)).get("refresh_token")
        return answer({"refresh_token": self._tokens.connect(None if given is None else str(given))})

    @property
    def _tokens(self) -> Tokens:
        if self._parts.tokens is None:
            msg = "OAuth is not configured"
            raise BadControl(msg)
        return self._parts.tokens

    def _counts(self) -> dict[str, Any]:
        tokens = self._tokens
        return {"refreshes": tokens.refreshes, "refused": tokens.refused, "access_tokens": tokens.living}
