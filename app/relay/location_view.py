"""A location as an operator sees it: settings without secrets, how its lane does, and what to do about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.location import LocationSettings
from app.domain.retry import LANE_OPENS_AFTER
from app.relay.views import moment
from app.store.location_list import LocationState

SILENT_AFTER = 5
"""Orders in a row that the POS took and never spoke of again."""

BLOCKED = {
    "access_denied": (
        "The POS does not accept our credentials; orders wait.",
        "Correct the credentials in the location's settings; sending resumes by itself.",
    ),
    "misconfigured": (
        "The POS does not know the address, an id or a name of the location's settings; orders wait.",
        "Correct the location's settings; sending resumes by itself.",
    ),
}
POS_DOWN = (
    "The POS has not answered several times in a row; orders wait.",
    "Look whether the POS and its internet connection work; sending resumes by itself.",
)
CALLBACKS_SILENT = (
    "The POS took the last orders and never called back.",
    "Register the callback address again, and look whether the POS can reach it.",
)

RESTORED = (
    "The database was restored from a backup, and what was sent since is not known here; nothing is sent.",
    "Look at the orders in doubt; then order-relay restored --yes, or resume the location.",
)


def location_view(state: LocationState, *, callback_url: str | None) -> dict[str, Any]:
    """Plain JSON. Holds no secret: the stored settings have none."""
    return {
        "location": state.location_id,
        "version": state.version,
        **_in_order(state.settings),
        "secrets_set": sorted(state.secret_names),
        "callback_url": callback_url,
        "paused": state.paused,
        "hold": _hold(state),
        "blocked": state.blocked,
        "waiting": state.waiting,
        "in_doubt": state.in_doubt,
        "oldest_waiting_s": None if state.oldest_waiting_s is None else round(state.oldest_waiting_s, 1),
        "last_sent_at": _moment(state.last_sent_at),
        "last_callback_at": _moment(state.last_callback_at),
        "catalog": {
            "synced_at": _moment(state.catalog_synced_at),
            "age_s": None if state.catalog_age_s is None else round(state.catalog_age_s, 1),
            "error": state.catalog_error,
        },
        "attention": _attention(state),
        "created_at": moment(state.created_at),
        "updated_at": moment(state.updated_at),
    }


def _in_order(settings: Mapping[str, Any]) -> dict[str, Any]:
    """As people write them; jsonb sorts by length."""
    names = [name for name in LocationSettings.model_fields if name in settings]
    pos = settings["pos"]
    return {**{name: settings[name] for name in names}, "pos": {"system": pos["system"], **pos}}


def _hold(state: LocationState) -> dict[str, Any] | None:
    """Why it is paused, where no person had ordered it."""
    if state.restored_at is None:
        return None
    message, action = RESTORED
    return {"reason": "restored", "since": moment(state.restored_at), "message": message, "action": action}


def _attention(state: LocationState) -> dict[str, Any] | None:
    """The one thing to look at first."""
    if state.blocked is not None:
        message, action = BLOCKED.get(state.blocked, BLOCKED["misconfigured"])
        return _say(state.blocked, state.blocked_at, (message, action), state.blocked_message)
    if state.failures >= LANE_OPENS_AFTER:
        return _say("pos_down", state.failing_since, POS_DOWN, state.last_error)
    if state.silent >= SILENT_AFTER:
        return _say("callbacks_silent", state.last_callback_at, CALLBACKS_SILENT, None)
    return None


def _say(code: str, since: datetime | None, words: tuple[str, str], last: str | None) -> dict[str, Any]:
    message, action = words
    told = f"{message} Last: {last}" if last else message
    return {"code": code, "since": _moment(since), "message": told, "action": action}


def _moment(value: datetime | None) -> str | None:
    return None if value is None else moment(value)
