"""One location's connection to its Iiko: the token, the time limits, and questions with their errors."""

from collections.abc import Mapping
from typing import Any

from app.adapters.base import Limits
from app.adapters.client import Client, call
from app.adapters.iiko.access import fetch_token, mask_of
from app.adapters.iiko.complaints import ORGANIZATION, wrong_setting
from app.adapters.iiko.errors import complaint, pos_error, unclear
from app.adapters.iiko.settings import IikoSettings
from app.adapters.iiko.tokens import SharedToken
from app.adapters.transport import MAX_BODY, Answer
from app.domain.errors import PosError, Rejected

_POS_GIVES_UP_BEFORE_US_S = 10


class Connection:
    """Calls with a living token. Says nothing about what the answers mean, but for those of plain questions."""

    def __init__(self, *, settings: IikoSettings, client: Client, token: SharedToken, limits: Limits) -> None:
        self.settings = settings
        self.processing_s = max(1, int(limits.read_s) - _POS_GIVES_UP_BEFORE_US_S)
        """How long Iiko is told to work on a call."""
        self._client = client
        self._token = token
        hours, minutes, seconds = self.processing_s // 3600, self.processing_s // 60 % 60, self.processing_s % 60
        self._request_timeout = f"{hours:02}:{minutes:02}:{seconds:02}"

    @property
    def organization(self) -> dict[str, str]:
        """The parameter that most calls want."""
        return {ORGANIZATION: self.settings.organization_id}

    async def ask(
        self, method: str, path: str, params: Mapping[str, str], *, json: Any = None, max_body: int = MAX_BODY
    ) -> Answer:
        """One call; once more with a new token where the POS did not look at it because the token had ended (401)."""

        async def once(token: str) -> Answer:
            query = {"access_token": token, "request_timeout": self._request_timeout, **params}
            mask = mask_of(self.settings, token)
            return await call(self._client, method, path, params=query, json=json, mask=mask, max_body=max_body)

        token = await self._token.get(self._fetch)
        answer = await once(token)
        if answer.status == 401:
            self._token.forget(token)
            token = await self._token.get(self._fetch)
            answer = await once(token)
        if answer.status == 401:
            self._token.forget(token)
        return answer

    async def read(self, path: str, params: Mapping[str, str], *, max_body: int = MAX_BODY) -> Answer:
        """A question; its answer is a 2xx and whole. Raises a PosError, Rejected where Iiko refuses the question."""
        return understood(await self.ask("GET", path, params, max_body=max_body), path)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def _fetch(self) -> str:
        return await fetch_token(self._client, self.settings)


def understood(answer: Answer, path: str) -> Answer:
    """The answer to a question, if it is one. Raises a PosError."""
    if error := pos_error(answer):
        raise refused(error, answer, f"Iiko refused the question {path}")
    if answer.truncated:
        raise unclear(answer, f"Iiko's answer to {path} is larger than we read.")
    return answer


def refused(error: PosError, answer: Answer, what: str) -> PosError:
    """The refusal of something that is not an order, in fitting words."""
    if not isinstance(error, Rejected):
        return error
    said = complaint(answer)
    words = f": {said.message}" if said.message else "."
    return wrong_setting(error, said, {ORGANIZATION}) or Rejected(
        f"{what} ({answer.status}){words}",
        http_status=error.http_status,
        answer=error.answer,
        pos_message=error.pos_message,
        code=error.code,
    )
