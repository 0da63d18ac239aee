"""Running one command on the database: what goes wrong is a line on standard error, not a stack trace."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from getpass import getuser
from typing import Any

import typer

from app.cli.session import Store, open_store
from app.domain.errors import ConfigurationError, Finding, LocationUnknown, OrderInvalid, RelayError


def with_store(work: Callable[[Store], Awaitable[None]]) -> None:
    """Runs it with the database open. Ctrl-C is quiet."""

    async def body() -> None:
        async with open_store() as store:
            await work(store)

    try:
        asyncio.run(body())
    except OrderInvalid as error:
        refuse(told(error.findings))
    except LocationUnknown as error:
        refuse([f"There is no location {error.location!r}; 'order-relay locations list' names all."])
    except (ConfigurationError, RelayError) as error:
        refuse([str(error)])
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def refuse(lines: Iterable[str]) -> None:
    """Ends the command with these lines."""
    for line in lines:
        typer.echo(f"order-relay: {line}", err=True)
    raise typer.Exit(1)


def told(findings: Iterable[Finding], prefix: str = "") -> list[str]:
    """Findings as lines."""
    return [f"{prefix}{finding.pointer}: {finding.message}" for finding in findings]


def person() -> str:
    """Who sits at the terminal, for histories and logs."""
    try:
        return f"{getuser()} (command line)"
    except (KeyError, OSError):  # a container's user without a name
        return "command line"


def print_json(value: Any) -> None:
    """For scripts."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
