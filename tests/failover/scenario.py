"""One fault from the first order to the judgement."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from tests.e2e import city
from tests.e2e.crowd import settled, stories
from tests.e2e.ledger import Promise, findings, oddities
from tests.failover.faults import Fault, fault
from tests.failover.figures import Figures, called_back, counted, delivered, doubts, longest_silence
from tests.failover.stage import APIS, WEBSITES, Stage
from tests.failover.visitors import Visitors
from tests.hosts.website import PEOPLE, Answer, Website

BEFORE, DURING, AFTER = 40, 40, 20
"""Orders that must be taken before the fault, with it, and after it was healed."""
REST_S = 180.0
"""A safety net: by then every order has come to rest."""
PROMISED_S = 5.0
SLOW_MACHINE_S = 2.0


@dataclass(kw_only=True)
class Moments:
    """When it happened, by `time.monotonic`."""

    struck: float
    struck_at: datetime
    in_force: float
    promoted: float = 0
    healed: float = 0
    whole: float = 0


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything that was seen."""

    sites: Mapping[str, Website]
    moments: Moments
    promises: Sequence[Promise]
    stories: Sequence[Mapping[str, Any]]
    told: Sequence[str]


def play(stage: Stage, name: str, *, prefix: str, electors: str, pooled: bool) -> Figures:
    """The stage is whole, before and after."""
    stage.cluster.until_whole()
    began = datetime.now(UTC)
    what = fault(name, stage)
    with ExitStack() as stack:
        sites = {site: stack.enter_context(_website(stage, site, what, prefix)) for site in WEBSITES}
        moments = _suffer(stage, what, sites)
        promises = [promise for site in sites.values() for promise in site.close()]
    with stage.hosts.standing_on(WEBSITES[1]), stage.api(APIS[1]) as api:
        api.timeout = REST_S
        views = settled(api, seconds=REST_S, received_from=began.isoformat())
        told = stories(api, views)
        entries = [entry for pos in ("iiko", "ikentoo") for entry in city.book(stage.url(pos))]
    ours = [entry for entry in entries if entry.number.startswith(prefix)]
    wrong = findings(promises, {view["id"]: view for view in told}, ours)
    wrong += [words for story in told for words in oddities(story)]
    evidence = Evidence(sites=sites, moments=moments, promises=promises, stories=told, told=[*wrong, *stage.dead])
    return _figures(stage, name, what, evidence, electors=electors, pooled=pooled)


def _suffer(stage: Stage, what: Fault, sites: Mapping[str, Website]) -> Moments:
    """Orders come in all the while."""
    cluster, reaching = stage.cluster, sites[WEBSITES[1]]
    new = cluster.other(cluster.leader)
    for site in sites.values():
        site.until_taken(BEFORE)
    moments = Moments(struck=time.monotonic(), struck_at=datetime.now(UTC), in_force=0)
    what.strike()
    moments.in_force = time.monotonic()
    cluster.until(lambda: cluster.says(new, "/primary"), f"{new} is the primary")
    moments.promoted = time.monotonic()
    reaching.until_taken(DURING)
    if what.cut_off:
        old, there = cluster.other(new), what.cut_off[-1]
        cluster.until(lambda: not cluster.says(old, "/primary", seen_from=there), f"{old} is no primary any more")
        sites[there].until_refused()
    moments.healed = time.monotonic()
    what.heal()
    cluster.until_whole()
    moments.whole = time.monotonic()
    for site in sites.values():
        site.until_taken(AFTER)
    return moments


@contextmanager
def _website(stage: Stage, site: str, what: Fault, prefix: str) -> Iterator[Website]:
    """With people at both API hosts; where the network will fall apart, at the one on their side."""
    own = APIS[WEBSITES.index(site)]
    others = [api for api in APIS if api != own and not what.cut_off]
    with ExitStack() as stack:
        stack.enter_context(stage.hosts.standing_on(site))
        pool = stack.enter_context(ThreadPoolExecutor(PEOPLE))  # its threads stand where this one stands
        apis = {api: stack.enter_context(stage.api(api)) for api in (own, *others)}
        found = Visitors(apis=apis, prefix=f"{prefix}-{site}")
        found.open(pool)
        stack.callback(found.close)
        yield found


def _figures(stage: Stage, name: str, what: Fault, seen: Evidence, *, electors: str, pooled: bool) -> Figures:
    moments, all_answers = seen.moments, [answer for site in seen.sites.values() for answer in site.answers]
    during = [answer for answer in all_answers if moments.struck < answer.ended and answer.began < moments.healed]
    aside = [answer for answer in during if answer.host in what.cut_off]
    late = [answer for answer in aside if answer.began > moments.in_force and answer.ended < moments.healed]
    reaching = [answer for answer in all_answers if answer.host not in what.cut_off]
    wrong = [*seen.told, *_ill_mannered(during)]
    if taken_aside := [answer for answer in late if answer.taken]:
        wrong.append(f"taken on the cut-off side: {[answer.reference for answer in taken_aside]}")
    return Figures(
        fault=name,
        timing=stage.cluster.timing,
        electors=electors,
        pooled=pooled,
        orders=len(seen.promises),
        promoted_after=moments.promoted - moments.struck,
        intake_refused_for=_silence(moments.struck, reaching),
        deliveries_paused_for=longest_silence(moments.struck_at, delivered(seen.stories)),
        callbacks_paused_for=longest_silence(moments.struck_at, called_back(seen.stories)),
        whole_after_heal=moments.whole - moments.healed,
        answers=counted(during),
        slowest_answer=max(answer.seconds for answer in during),
        repeats=sum(not answer.taken for answer in all_answers),
        replays=sum(answer.said == 200 for answer in all_answers),
        refused_on_cut_off_side=sum(not answer.taken for answer in aside),
        taken_on_cut_off_side=len(taken_aside),
        doubts=doubts(seen.stories),
        findings=tuple(wrong),
    )


def _silence(moment: float, answers: Sequence[Answer]) -> float:
    """The longest time in which nothing was taken from a moment on."""
    times = [moment, *sorted(answer.ended for answer in answers if answer.taken and answer.ended > moment)]
    return max((later - earlier for earlier, later in pairwise(times)), default=float("inf"))


def _ill_mannered(answers: Sequence[Answer]) -> Iterator[str]:
    """Refusals are 503 with Retry-After, in time; nothing else is wrong with an order."""
    for answer in answers:
        words = f"{answer.reference} at {answer.host}: {answer.said} after {answer.seconds:.1f} s"
        if not answer.taken and answer.said not in (429, 503):
            yield f"refused in a wrong way: {words}"
        elif not answer.taken and answer.retry_after is None:
            yield f"no Retry-After: {words}"
        elif answer.seconds > PROMISED_S + SLOW_MACHINE_S:
            yield f"hung: {words}"
