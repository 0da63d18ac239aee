"""Everything one simulator consists of, handed to whoever answers its routes, and who is let in."""

import hmac
import json
import re
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from app.simulators.console import Control
from app.simulators.durable import BookFile
from app.simulators.ikentoo.book import Book
from app.simulators.ikentoo.callbacks import Callbacks
from app.simulators.ikentoo.cashier import Cashier
from app.simulators.ikentoo.config import Endpoint, IkentooConfig
from app.simulators.ikentoo.errors import AccessRefused, ApiError
from app.simulators.ikentoo.messages import Messenger
from app.simulators.ikentoo.oauth import Tokens
from app.simulators.ikentoo.switchboard import Switchboard
from app.simulators.ikentoo.till import Till

_MISSING = "Required request parameter 'businessLocationId' for method parameter type Long is not present"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """One simulator."""

    config: IkentooConfig
    control: Control
    book: Book
    switchboard: Switchboard
    endpoints: dict[str, Endpoint]
    callbacks: Callbacks
    till: Till
    cashier: Cashier
    messenger: Messenger
    file: BookFile
    tokens: Tokens | None

    def authenticate(self, request: Request) -> None:
        """Let a request in: with the configured token, or a living one, or anybody when neither is configured."""
        if self.config.token is None and self.tokens is None:
            return
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            description = "Full authentication is required to access this resource"
            raise AccessRefused(401, "unauthorized", description)
        fixed = self.config.token is not None and hmac.compare_digest(token.encode(), self.config.token.encode())
        if not fixed and not (self.tokens is not None and self.tokens.alive(token)):
            raise AccessRefused(401, "invalid_token", "Access token expired or unknown")

    def asked_location(self, request: Request) -> int:
        """Read `?businessLocationId=` of somebody who is let in."""
        self.authenticate(request)
        asked = request.query_params.get("businessLocationId")
        if asked is None:
            raise ApiError(400, _MISSING)
        return self.known_location(number(asked, "Long"))

    def known_location(self, location_id: int) -> int:
        """Answer the location's id; raises 403 for one that is not ours to see (INFERRED)."""
        if location_id not in self.book.locations:
            raise AccessRefused(403, "access_denied", f"No access to business location {location_id}")
        return location_id

    def known_endpoint(self, endpoint_id: str) -> None:
        """Raise 400 for an endpoint that was never registered (INFERRED: undocumented)."""
        if endpoint_id not in self.endpoints:
            raise ApiError(400, f"endpoint ID not found for {endpoint_id}")


def number(text: str, kind: str) -> int:
    """Read a whole number of a path or a query as Spring does; raises its 400."""
    if not re.fullmatch(r"\d{1,19}" if kind == "Long" else r"\d{1,9}", text, re.ASCII):
        raise ApiError(400, f"Failed to convert value of type 'String' to required type '{kind}': \"{text}\"")
    return int(text)


async def json_body(request: Request) -> Any:
    """Read a body that must be JSON; raises Spring's 415 or 400."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise ApiError(415, f"Content type '{content_type}' not supported")
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise ApiError(400, f"JSON parse error: {error}") from error
