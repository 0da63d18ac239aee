"""A message for the people at the POS."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.domain.fields import Note, StrictModel


class TillMessage(StrictModel):
    """Shown at the till and, where the POS can, printed."""

    message: Annotated[Note, Field(min_length=1, max_length=1000)]
    also_to_printer: bool = True
    order_id: UUID | None = None
    """Goes to where this order is handled."""
