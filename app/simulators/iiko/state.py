"""Everything one running simulator holds, built in one place."""

from dataclasses import dataclass
from typing import cast

from starlette.requests import Request

from app.simulators.clock import Signal
from app.simulators.control import Faults, Journal
from app.simulators.durable import BookFile
from app.simulators.iiko.config import IikoConfig
from app.simulators.iiko.faults import IIKO_FAULTS
from app.simulators.iiko.kitchen import Kitchen
from app.simulators.iiko.recall import recall
from app.simulators.iiko.render import Renderer
from app.simulators.iiko.tokens import Tokens
from app.simulators.iiko.venue_clock import VenueClock


@dataclass(frozen=True, kw_only=True)
class Simulator:
    config: IikoConfig
    clock: VenueClock
    signal: Signal
    faults: Faults
    journal: Journal
    tokens: Tokens
    kitchen: Kitchen
    renderer: Renderer


def build(config: IikoConfig, file: BookFile) -> Simulator:
    clock, signal = VenueClock(config.clock_factor, config.timezone), Signal()
    kitchen = Kitchen(config, clock, file)
    recall(kitchen, file)
    return Simulator(
        config=config,
        clock=clock,
        signal=signal,
        faults=Faults(IIKO_FAULTS),
        journal=Journal(signal=signal),
        tokens=Tokens(ttl_s=config.token_ttl_s, elapsed=clock.elapsed_s),
        kitchen=kitchen,
        renderer=Renderer(config, kitchen.dictionaries),
    )


def simulator(request: Request) -> Simulator:
    return cast("Simulator", request.app.state.iiko)
