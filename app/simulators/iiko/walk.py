"""How an order walks through its statuses by itself, in simulated seconds.

UNCONFIRMED -> NEW -> in progress -> ready -> WAITING -> ON_WAY -> DELIVERED -> CLOSED; a pickup has no WAITING and no
ON_WAY (INFERRED). CANCELLED only by hand: the legacy API has no call for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.simulators.iiko.config import IikoConfig, Stages


class Stage(StrEnum):
    UNCONFIRMED = "UNCONFIRMED"
    NEW = "NEW"
    COOKING = "COOKING"
    READY = "READY"
    WAITING = "WAITING"
    ON_WAY = "ON_WAY"
    DELIVERED = "DELIVERED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


COURIER_WALK = tuple(stage for stage in Stage if stage is not Stage.CANCELLED)
PICKUP_WALK = tuple(stage for stage in COURIER_WALK if stage not in {Stage.WAITING, Stage.ON_WAY})

TEXTS = {
    Stage.UNCONFIRMED: {"ru": "Не подтверждена", "en": "Not confirmed"},
    Stage.NEW: {"ru": "Новая", "en": "New"},
    Stage.COOKING: {"ru": "Готовится", "en": "In progress"},
    Stage.READY: {"ru": "Готово", "en": "Ready"},
    Stage.WAITING: {"ru": "Ждет отправки", "en": "Awaiting delivery"},
    Stage.ON_WAY: {"ru": "В пути", "en": "On the way"},
    Stage.DELIVERED: {"ru": "Доставлена", "en": "Delivered"},
    Stage.CLOSED: {"ru": "Закрыта", "en": "Closed"},
    Stage.CANCELLED: {"ru": "Отменена", "en": "Cancelled"},
}


@dataclass(frozen=True, kw_only=True)
class Step:
    stage: Stage
    due_s: float
    """On the clock of simulated seconds."""


def code_of(stage: Stage, config: IikoConfig) -> str:
    """`statusCode`. The codes of cooking and ready are UNKNOWN, so configuration."""
    match stage:
        case Stage.COOKING:
            return config.cooking_code
        case Stage.READY:
            return config.ready_code
        case _:
            return stage.value


def stage_of(code: str, config: IikoConfig) -> Stage | None:
    """The stage with this `statusCode`, in any case of letters."""
    return next((stage for stage in Stage if code_of(stage, config).lower() == code.lower()), None)


def steps_after(
    stage: Stage, *, now_s: float, pickup: bool, wanted_in_s: float | None, stages: Stages
) -> Sequence[Step]:
    """What comes after `stage`, entered now. `wanted_in_s`: simulated seconds to the wanted time, if there is one."""
    walk = PICKUP_WALK if pickup else COURIER_WALK
    if stage not in walk:
        return ()
    steps = []
    due_s = now_s
    start = walk.index(stage)
    for current, following in zip(walk[start:], walk[start + 1 :], strict=False):
        due_s += _seconds_in(current, stages)
        if current is Stage.NEW and wanted_in_s is not None:
            due_s = max(due_s, now_s + wanted_in_s - stages.preparation_s)
        steps.append(Step(stage=following, due_s=due_s))
    return tuple(steps)


def _seconds_in(stage: Stage, stages: Stages) -> float:
    seconds: float = getattr(stages, f"{stage.value.lower()}_s")
    return seconds
