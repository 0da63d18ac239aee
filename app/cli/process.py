"""A process that runs until it is told to stop."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable

import typer

from app.domain.errors import ConfigurationError, RelayError

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def run_until_told(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Runs it with an event that SIGTERM and SIGINT set; a second signal ends the process at once."""

    async def body() -> None:
        stop = asyncio.Event()
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, _told, number, stop)
        await main(stop)

    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(body())


def in_one_line(work: Callable[[], None]) -> None:
    """What is wrong with the surroundings is one line on standard error and exit code 1, not a stack trace."""
    try:
        work()
    except (ConfigurationError, RelayError) as error:
        typer.echo(f"order-relay: {error}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def settle_memory() -> None:
    """After start-up: what was built by now lives as long as the process, so the collector need not look at it."""
    gc.collect()
    gc.freeze()


def _told(number: int, stop: asyncio.Event) -> None:
    if stop.is_set():
        sys.stderr.flush()
        os._exit(128 + number)
    stop.set()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - not there on every system
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
