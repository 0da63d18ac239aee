"""What GET /v1/orders can be asked."""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.domain.fields import Moment, Text
from app.domain.status import Status
from app.domain.submission import Dispatch

_SPACED_OFFSET = re.compile(r" (\d\d:\d\d)$")


def _unescaped_plus(value: object) -> object:
    """Callers forget to escape the plus of an offset, and in a query it then arrives as a space."""
    return _SPACED_OFFSET.sub(r"+\1", value) if isinstance(value, str) else value


QueryMoment = Annotated[Moment, BeforeValidator(_unescaped_plus)]


class OrderQuery(BaseModel):
    """Filters and the page. Unknown names are refused."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    location: Annotated[Text | None, Field(min_length=1, max_length=63)] = None
    status: Annotated[list[Status], Field(max_length=20, description="Repeatable: any of them.")] = []
    dispatch: Annotated[list[Dispatch], Field(max_length=20, description="Repeatable: any of them.")] = []
    reference: Annotated[Text | None, Field(min_length=1, max_length=48)] = None
    customer: Annotated[
        Text | None,
        Field(min_length=1, max_length=128, description="Words of the name, or digits of the phone number."),
    ] = None
    needs_attention: bool | None = None
    received_from: Annotated[QueryMoment | None, Field(description="Inclusive.")] = None
    received_to: Annotated[QueryMoment | None, Field(description="Exclusive.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(min_length=1, max_length=64)] = None
