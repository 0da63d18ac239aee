"""Callbacks: their bodies, and sending them until somebody says 2xx.

Retries, time-out and order are undocumented at iKentoo: INFERRED at-least-once and unordered.
"""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import httpx

from app.simulators.clock import Clock, Signal
from app.simulators.ikentoo.book import Callback, Held
from app.simulators.ikentoo.checks import check_view
from app.simulators.ikentoo.config import AccountIds, Endpoint, IkentooConfig, PayloadMode

LONGEST_PAUSE_S = 10.0


def payload(held: Held, word: str, config: IkentooConfig, endpoint: Endpoint) -> dict[str, Any]:
    """Build a callback's body (iKentoo API guide, Webhook callbacks examples).

    In K mode FAILURE has no type and no businessLocationId, as in the vendor's own examples.
    """
    body: dict[str, Any] = {"status": word}
    if held.reason is not None and word in ("FAILURE", "CANCELLED"):
        body["reason"] = held.reason
    body["thirdPartyReference"] = held.order.reference
    body.update(_account_ids(held, config.account_ids))
    if config.payload_mode == PayloadMode.K and word != "FAILURE":
        body.update(type="ORDER", businessLocationId=held.order.location_id)
        if endpoint.provide_account and held.check is not None:
            body["account"] = _snapshot(held, endpoint)
    return body


def _account_ids(held: Held, kind: AccountIds) -> dict[str, Any]:
    check = held.check
    if check is None:
        return {}
    if "string_account_id" in held.knobs:
        return {"ikentooAccountId": str(check.number)}
    if "int_account_id" in held.knobs or kind == AccountIds.V2:
        return {"ikentooAccountId": check.number}
    return {"ikentooAccountIdentifier": check.identifier}


def _snapshot(held: Held, endpoint: Endpoint) -> dict[str, Any] | None:
    if held.check is None:
        return None
    view = check_view(held.check)
    if not endpoint.expand_transactions:
        view.pop("salesEntries")
    if not endpoint.expand_payments:
        view.pop("paymentEntries")
    return view


class Callbacks:
    """Sends callbacks and writes down the answers."""

    def __init__(self, config: IkentooConfig, endpoints: dict[str, Endpoint], clock: Clock, signal: Signal) -> None:
        """Send to `endpoints`, which may change meanwhile."""
        self._config = config
        self._endpoints = endpoints
        self._clock = clock
        self._signal = signal
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(config.callback_timeout_s, pool=None),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16),
            trust_env=False,
        )

    async def send(self, held: Held, word: str) -> None:
        """Send one word, as often as the order's knobs say; comes back after the first try of the last one."""
        for _ in range(held.knobs["duplicate"].count if "duplicate" in held.knobs else 1):
            await self.send_body(held, word, self._text(held, word))

    def _text(self, held: Held, word: str) -> str:
        endpoint = self._endpoints[held.order.endpoint_id]
        text = json.dumps(payload(held, word, self._config, endpoint), indent=2, separators=(",", " : "))
        return text[: len(text) // 2] if "malformed" in held.knobs else text

    async def send_body(self, held: Held, word: str, text: str) -> None:
        """Send any text; when it is not taken, go on trying in the background."""
        endpoint = self._endpoints[held.order.endpoint_id]
        callback = Callback(word=word, url=endpoint.url, body=text, at=self._clock.now())
        held.callbacks.append(callback)
        if not await self._try(callback, endpoint):
            self.spawn(self._retry(callback, held.order.endpoint_id))

    async def _retry(self, callback: Callback, endpoint_id: str) -> None:
        pause = self._config.callback_backoff_s
        for _ in range(self._config.callback_retries):
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)
            if await self._try(callback, self._endpoints[endpoint_id]):
                return
        callback.over = True
        self._signal.notify()

    async def _try(self, callback: Callback, endpoint: Endpoint) -> bool:
        auth: httpx.Auth = httpx.Auth()
        if endpoint.with_basic_auth:
            auth = httpx.BasicAuth(endpoint.username or "", endpoint.password or "")
        headers = {"Content-Type": "application/json;charset=UTF-8"}
        try:
            response = await self._client.post(endpoint.url, content=callback.body, headers=headers, auth=auth)
            callback.answers.append(response.status_code)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            callback.answers.append(type(error).__name__)
            return False
        else:
            callback.over = response.is_success
            return callback.over
        finally:
            self._signal.notify()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something that ends with the simulator at the latest."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def cancel(self) -> None:
        """Stop everything that is under way."""
        for task in (tasks := list(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """Stop for good."""
        await self.cancel()
        await self._client.aclose()
