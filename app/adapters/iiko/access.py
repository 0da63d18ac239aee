"""Getting an access token, and keeping what must stay secret out of every text.

Whatever goes wrong here, no order was created: never in doubt.
"""

import asyncio
import json
import re
from urllib.parse import quote_plus

from app.adapters.client import Client, call
from app.adapters.iiko.settings import IikoSettings
from app.adapters.transport import Answer, classify
from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, PosError, Rejected

AUTH = "/api/0/auth/access_token"
FETCH_S = 10.0
"""Shorter than a read time-out, so that fetching a token and sending an order fit into one send's time."""
_TOKEN = re.compile(r"[\x21-\x7e]{1,2048}")


def mask_of(settings: IikoSettings, token: str | None = None) -> tuple[str, ...]:
    """Everything that must not appear in a text, in the forms in which it may be echoed; the longest first."""
    secrets = [settings.user_secret.get_secret_value(), settings.user_id, *([token] if token else [])]
    forms = {form for one in secrets for form in (one, quote_plus(one), json.dumps(one)[1:-1])}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


async def fetch_token(client: Client, settings: IikoSettings) -> str:
    """A fresh token. Raises NotSent, AccessDenied or Misconfigured."""
    login = {"user_id": settings.user_id, "user_secret": settings.user_secret.get_secret_value()}
    try:
        async with asyncio.timeout(FETCH_S):
            answer = await call(client, "GET", AUTH, params=login, mask=mask_of(settings))
    except TimeoutError:
        message = f"Iiko gave no access token within {FETCH_S:.0f} s; nothing was sent."
        raise NotSent(message) from None
    except InDoubt as error:
        message = "Iiko gave no access token; nothing was sent."
        raise NotSent(message, http_status=error.http_status, answer=error.answer) from error
    token = answer.json()
    if answer.status == 200 and isinstance(token, str) and _TOKEN.fullmatch(token):
        return token
    raise _no_token(answer)


def _no_token(answer: Answer) -> PosError:
    error = classify(answer)
    if error is None:
        kind: type[PosError] = Misconfigured
        message = f"Something other than an access token was answered ({answer.status}): is base_url right?"
    elif answer.status == 400 or isinstance(error, Rejected | AccessDenied):
        # A wrong user or secret is a 400 here (field report).
        kind, message = AccessDenied, f"Iiko does not accept user_id and user_secret ({answer.status})."
    elif isinstance(error, InDoubt):
        kind, message = NotSent, f"Iiko gave no access token ({answer.status}); nothing was sent."
    else:
        return error
    # The body of a 2xx is left out: in whatever shape, it may hold a living token.
    said = answer.excerpt() if error else None
    return kind(message, http_status=answer.status, answer=said, retry_after_s=error.retry_after_s if error else None)
