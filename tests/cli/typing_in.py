"""order-relay as a process of its own, with answers piped in, over simulators that are processes' equals: real HTTP."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from cryptography.fernet import Fernet

from app.simulators import iiko, ikentoo
from tests.relay.house import serving

DEADLINE_S = 60


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, kw_only=True)
class Keyboard:
    """A shell with its environment."""

    environment: Mapping[str, str]

    async def __call__(self, *words: str, lines: tuple[str, ...] = (), **more: str) -> Ran:
        process = await self.started(*words, **more)
        async with asyncio.timeout(DEADLINE_S):
            out, err = await process.communicate("".join(f"{line}\n" for line in lines).encode())
        assert process.returncode is not None
        return Ran(code=process.returncode, out=out.decode(), err=err.decode())

    async def started(self, *words: str, **more: str) -> asyncio.subprocess.Process:
        """The command, running."""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "from app.cli import main; main()",
            *words,
            env={**self.environment, **more},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )


def keyboard(**environment: str) -> Keyboard:
    """With nothing of ours in the environment but this."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ORDER_RELAY_", "DATABASE_"))}
    return Keyboard(environment={**own, **environment})


def on_database(url: str) -> Keyboard:
    """With a database."""
    return keyboard(DATABASE_URL=url, ORDER_RELAY_SECRET_KEYS=Fernet.generate_key().decode(), COLUMNS="80")


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """Where the simulators are."""

    iiko: str
    ikentoo: str

    async def fault(self, where: str, kind: str, **details: Any) -> None:
        """A POS misbehaves."""
        async with httpx.AsyncClient(base_url=where, trust_env=False) as client:
            answer = await client.post("/_sim/faults", json={"kind": kind, **details})
            assert answer.status_code == 201, answer.text


@asynccontextmanager
async def simulators() -> AsyncIterator[Simulated]:
    """Both."""
    async with (
        serving(iiko.create_app(iiko.default_config())) as iiko_url,
        serving(ikentoo.create_app(ikentoo.default_config())) as ikentoo_url,
    ):
        yield Simulated(iiko=iiko_url, ikentoo=ikentoo_url)
