"""Sending callbacks until somebody says 2xx; `payload.py` says what is in them.

Retries, time-out and order are undocumented at iKentoo: INFERRED at-least-once and unordered.
"""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import httpx

from app.simulators.clock import Clock, Signal
from app.simulators.durable import BookFile
from app.simulators.ikentoo.book import Affair, Callback, Held
from app.simulators.ikentoo.config import Endpoint, IkentooConfig, Switches
from app.simulators.ikentoo.payload import payload
from app.simulators.ikentoo.switchboard import Switchboard

LONGEST_PAUSE_S = 10.0
AT_ONCE = 32
"""Calls under way. The others wait here: the client looks through all that wait in its own pool at each turn."""


class Callbacks:
    """Sends callbacks and writes down the answers."""

    def __init__(
        self,
        config: IkentooConfig,
        endpoints: dict[str, Endpoint],
        switchboard: Switchboard,
        clock: Clock,
        signal: Signal,
        *,
        file: BookFile,
    ) -> None:
        """Send to `endpoints`, which may change meanwhile."""
        self._file = file
        self._config = config
        self._endpoints = endpoints
        self._switchboard = switchboard
        self._clock = clock
        self._signal = signal
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(config.callback_timeout_s, pool=None),
            limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE),
            trust_env=False,
        )
        self._room = asyncio.Semaphore(AT_ONCE)

    async def send(self, affair: Affair, word: str, switches: Switches | None = None) -> None:
        """Send one word, as often as the knobs say; comes back after the first try of the last one."""
        text = self._text(affair, word, switches or self._switchboard.current)
        for _ in range(affair.knobs["duplicate"].count if "duplicate" in affair.knobs else 1):
            await self.send_body(affair, word, text)

    def _text(self, affair: Affair, word: str, switches: Switches) -> str:
        body = payload(affair, word, switches, self._endpoints[affair.endpoint_id])
        text = json.dumps(body, indent=2, separators=(",", " : "))
        return text[: len(text) // 2] if "malformed" in affair.knobs else text

    async def send_body(self, affair: Affair, word: str, text: str) -> None:
        """Send any text; when it is not taken, go on trying in the background."""
        endpoint = self._endpoints[affair.endpoint_id]
        callback = Callback(word=word, url=endpoint.url, body=text, at=self._clock.now())
        affair.callbacks.append(callback)
        if isinstance(affair, Held):
            self._file.write("callback", affair.reference, callback)
        if await self._try(callback, endpoint):
            self._note_over(callback, affair)
        else:
            self.spawn(self.again(callback, affair))

    def _note_over(self, callback: Callback, affair: Affair) -> None:
        if isinstance(affair, Held):
            self._file.write("over", affair.reference, callback.word)

    async def again(self, callback: Callback, affair: Affair) -> None:
        """Go on trying until it is taken, or given up."""
        await self._retry(callback, affair.endpoint_id)
        self._note_over(callback, affair)

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
            async with self._room:
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
