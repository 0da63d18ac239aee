"""Questions to one location's iKentoo that create nothing, each with a clear answer or a PosError."""

from typing import Any

from app.adapters.ikentoo.answers import refusal
from app.adapters.ikentoo.calls import Calls
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.transport import MAX_BODY, Answer
from app.domain.errors import InDoubt


class Reads:
    """Asks about one business location."""

    def __init__(self, calls: Calls, settings: IkentooSettings) -> None:
        self.calls = calls
        self.location_id = settings.business_location_id

    async def ask(self, path: str, *, max_body: int = MAX_BODY, **params: str | int | bool) -> Answer:
        """The answer, whatever its status, about this business location."""
        about = {"businessLocationId": self.location_id, **params}
        return await self.calls.ask("GET", path, params=about, max_body=max_body)

    async def get(self, path: str, *, max_body: int = MAX_BODY, **params: str | int | bool) -> Any:
        """The answer's data. Raises a PosError."""
        return data_of(await self.ask(path, max_body=max_body, **params))


def data_of(answer: Answer) -> Any:
    """The data of a good answer. Raises a PosError for any other one."""
    error = refusal(answer)
    if error is not None:
        raise error
    data = None if answer.truncated else answer.json()
    if not isinstance(data, list | dict):
        what = "too long" if answer.truncated else "not readable"
        raise InDoubt(f"iKentoo's answer is {what}.", http_status=answer.status, answer=answer.excerpt())
    return data
