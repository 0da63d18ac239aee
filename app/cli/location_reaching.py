"""Asking a POS while a person sets it up: what it says no to is asked for again."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from app.cli.asking import ask, say
from app.cli.location_draft import Draft, Drawing
from app.domain.errors import AccessDenied, NotSupportedByPos, PosError
from app.domain.venue import Place

Answer = TypeVar("Answer")


def reach(
    drawing: Drawing,
    draft: Draft,
    *,
    address: str | None,
    access: Callable[[Draft], None],
    live: Callable[[Draft], bool] | None = None,
) -> Sequence[Place]:
    """Asks for address and credentials until the POS takes them; what they can see. ``live``: whether the POS may be
    asked with them at all."""
    _ask_address(draft, address)
    while True:
        access(draft)
        if not _fits(drawing, draft):
            continue
        if live is not None and not live(draft):
            return ()
        try:
            places = drawing.places(draft)
        except AccessDenied as error:
            say(f"  The POS does not accept these credentials: {_told(error)} Try again.")
        except (PosError, TimeoutError) as error:
            say(f"  The POS gives no usable answer: {_told(error)}")
            _ask_address(draft, draft.pos["base_url"])
        except NotSupportedByPos:
            return ()
        else:
            if places:
                return places
            say("  These credentials see nothing there. Try others.")


def _ask_address(draft: Draft, default: str | None) -> None:
    draft.pos["base_url"] = ask("Address of the POS (base_url)", default=default)


def _fits(drawing: Drawing, draft: Draft) -> bool:
    """Whether `locations apply` would take it; an address that it would not take is asked for again."""
    while wrong := drawing.wrong(draft):
        for line in wrong:
            say(f"  {line}")
        if not any(line.startswith("pos.base_url: ") for line in wrong):
            return False
        _ask_address(draft, None)
    return True


def read(question: Callable[[], Answer]) -> Answer | None:
    """One answer of the POS, or None: then what it would have shown is typed in, or left out."""
    try:
        return question()
    except (PosError, TimeoutError) as error:
        say(f"  The POS does not say what it has: {_told(error)} You can add the names to the file later.")
        return None


def _told(error: Exception) -> str:
    if not isinstance(error, PosError):
        return "it did not answer in time."
    words = error.pos_message
    return f"{error.message} It said: {words}" if words and words not in error.message else error.message
