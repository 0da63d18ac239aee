"""An ASGI app behind real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from uvicorn.server import ServerState

DEADLINE_S = 10.0


@asynccontextmanager
async def listening(app: Any) -> AsyncIterator[str]:
    """Serves the app on a free port, with uvicorn's own HTTP; without uvicorn's server around it, which sleeps for
    0.2 s when it ends: hundreds of tests would wait for that."""
    config = uvicorn.Config(app, ws="none", lifespan="off", log_config=None, access_log=False)
    config.load()
    state = ServerState()
    protocol: Any = config.http_protocol_class

    def connected() -> asyncio.Protocol:
        made: asyncio.Protocol = protocol(config=config, server_state=state, app_state={})
        return made

    server = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for connection in list(state.connections):
            connection.shutdown()
        if state.tasks:
            await asyncio.wait(state.tasks, timeout=DEADLINE_S)
        await server.wait_closed()
