"""One renewal for all processes, and a pair that is stored before it is used."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.base import TokenPair
from app.domain.errors import AccessDenied, Misconfigured, NotSent
from app.relay.oauth import TokenVault
from app.relay.oauth_chains import Chain
from app.relay.oauth_renewal import Wanted
from app.store import locations
from app.store.database import create_engine
from app.store.secrets import Cipher
from tests.relay.issuer import CIPHER, FIRST, LOCATION, Issuer, make_location, outlive, stored, until
from tests.store.conftest import Wire

VAULT = "tests of the vault"


@asynccontextmanager
async def process(url: str, **options: float) -> AsyncIterator[TokenVault]:
    """A vault with connections of its own, as each process has one."""
    engine = create_engine(url, application_name=VAULT)
    async with aclosing(TokenVault(engine, CIPHER, **options)) as vault:  # type: ignore[arg-type]
        yield vault
    await engine.dispose()


@pytest_asyncio.fixture
async def vault(database_url: str, engine: AsyncEngine) -> AsyncIterator[TokenVault]:
    await make_location(engine)
    async with process(database_url) as vault:
        yield vault


async def token(vault: TokenVault, issuer: Issuer, *, first: str = FIRST, refused: str | None = None) -> str:
    return await vault.access_token(LOCATION, first=first, renew=issuer.renew, refused=refused)


async def break_the_connection(engine: AsyncEngine) -> None:
    """The one that holds the lock."""
    holding = "application_name = :vault AND state = 'idle in transaction'"
    async with engine.connect() as connection:
        ended = await connection.scalars(
            text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {holding}"),  # noqa: S608
            {"vault": VAULT},
        )
        assert list(ended) == [True]


async def test_the_pair_is_stored_encrypted_and_then_used(vault: TokenVault, engine: AsyncEngine) -> None:
    issuer = Issuer()
    assert await token(vault, issuer) == "planted-access-token-1"
    row = await stored(engine)
    assert row["began_with"] == hashlib.sha256(FIRST.encode()).digest()
    assert b"planted" not in row["tokens"]
    assert issuer.good in json.dumps(CIPHER.decrypt(row["tokens"]))
    assert 1490 < (row["expires_at"] - row["renewed_at"]).total_seconds() <= 1510


async def test_is_held_until_shortly_before_its_end(database_url: str, engine: AsyncEngine) -> None:
    await make_location(engine)
    issuer, now = Issuer(), 1000.0
    own = create_engine(database_url, application_name=VAULT)
    async with aclosing(TokenVault(own, CIPHER, clock=lambda: now)) as vault:
        first = await token(vault, issuer)
        await outlive(engine, 3600)
        now += 1430
        assert await token(vault, issuer) == first, "not asked for again"
        now += 20
        assert await token(vault, issuer) == "planted-access-token-2"
    await own.dispose()
    assert issuer.asked == 2


async def test_processes_and_tasks_renew_once(database_url: str, engine: AsyncEngine) -> None:
    await make_location(engine)
    issuer, may_answer = Issuer(), asyncio.Event()

    async def meanwhile() -> None:
        await may_answer.wait()

    issuer.meanwhile = meanwhile
    async with AsyncExitStack() as stack:
        vaults = [await stack.enter_async_context(process(database_url)) for _ in range(3)]
        calls = [asyncio.create_task(token(vault, issuer)) for vault in vaults for _ in range(20)]
        waiting = (
            "SELECT count(*) = 2 FROM pg_stat_activity WHERE application_name = :vault AND wait_event_type = 'Lock'"
        )
        await until(engine, waiting, vault=VAULT)
        may_answer.set()
        assert {await call for call in calls} == {"planted-access-token-1"}
    assert issuer.asked == 1


async def test_expired_while_idle_is_renewed_once(database_url: str, engine: AsyncEngine, vault: TokenVault) -> None:
    issuer = Issuer()
    await token(vault, issuer)
    await outlive(engine, 1445)
    async with process(database_url) as one, process(database_url) as other:
        tokens = await asyncio.gather(*(token(each, issuer) for each in (one, other, one, other)))
    assert set(tokens) == {"planted-access-token-2"}
    assert issuer.asked == 2


async def test_a_refused_token_is_renewed_by_the_first_and_found_by_the_next(
    database_url: str, vault: TokenVault
) -> None:
    issuer = Issuer()
    async with process(database_url) as other:
        refused = await token(vault, issuer)
        assert await token(other, issuer) == refused
        calls = (token(each, issuer, refused=refused) for each in (vault, other, vault))
        assert set(await asyncio.gather(*calls)) == {"planted-access-token-2"}
        assert await token(other, issuer) == "planted-access-token-2"
    assert issuer.asked == 2


async def test_revoked_needs_a_person_and_a_new_refresh_token_heals(vault: TokenVault) -> None:
    issuer = Issuer(good="planted-by-a-person")
    for _ in range(2):
        with pytest.raises(AccessDenied, match="Reconnect"):
            await token(vault, issuer)
    assert issuer.asked == 2, "one question each, no loop"
    assert await token(vault, issuer, first="planted-by-a-person") == "planted-access-token-1"


async def test_settings_of_before_a_put_do_not_spend_the_new_refresh_token(
    database_url: str, vault: TokenVault
) -> None:
    old, new = Issuer(expires_in_s=0), Issuer(good="planted-by-a-person")
    async with process(database_url) as late:
        await token(late, old)
        put = await token(vault, new, first="planted-by-a-person")
        assert await token(late, old) == "planted-access-token-2"
        assert await token(vault, new, first="planted-by-a-person") == put
    async with process(database_url) as later:
        assert await token(later, new, first="planted-by-a-person") == put
    assert (new.asked, old.asked, old.renewals) == (1, 2, 2)


async def test_a_connection_that_breaks_before_the_pair_is_stored_costs_nothing(
    database_url: str, engine: AsyncEngine, vault: TokenVault
) -> None:
    issuer = Issuer()

    async def meanwhile() -> None:
        await break_the_connection(engine)

    issuer.meanwhile = meanwhile
    assert await token(vault, issuer) == "planted-access-token-1"
    async with process(database_url) as other:
        assert await token(other, issuer) == "planted-access-token-1"
    assert issuer.asked == 1


async def test_a_pair_that_somebody_else_got_meanwhile_is_not_overwritten(
    database_url: str, engine: AsyncEngine, vault: TokenVault
) -> None:
    """Some servers take a spent refresh token once more, for a short while; the last pair is the good one."""
    issuer, lenient = Issuer(), Issuer(renewals=40)

    async def meanwhile() -> None:
        await break_the_connection(engine)
        async with process(database_url) as other:
            await token(other, lenient)

    issuer.meanwhile = meanwhile
    assert await token(vault, issuer) == "planted-access-token-41"
    assert lenient.good in json.dumps(CIPHER.decrypt((await stored(engine))["tokens"]))


async def test_a_storage_that_stays_away_delays_the_use_and_loses_nothing(
    database_url: str, engine: AsyncEngine
) -> None:
    await make_location(engine)
    issuer = Issuer()
    async with engine.connect() as blocking, process(database_url, saving_s=0.2) as vault:

        async def meanwhile() -> None:
            await break_the_connection(engine)
            await blocking.execute(text("LOCK TABLE pos_tokens"))

        issuer.meanwhile = meanwhile
        with pytest.raises(NotSent, match="PostgreSQL"):
            await token(vault, issuer)
        await blocking.rollback()
        assert await token(vault, issuer) == "planted-access-token-1"
        async with process(database_url) as other:
            assert await token(other, issuer) == "planted-access-token-1"
    assert issuer.asked == 1


async def test_a_commit_whose_answer_was_lost(database_url: str, engine: AsyncEngine) -> None:
    await make_location(engine)
    wire, issuer = Wire(database_url), Issuer()
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]

    async def meanwhile() -> None:
        wire.lose_answer_to(b"COMMIT")

    issuer.meanwhile = meanwhile
    async with process(wire.url) as vault:
        assert await token(vault, issuer) == "planted-access-token-1"
    assert wire.lost_answers == 1
    assert issuer.asked == 1
    server.close()
    await wire.close()
    await server.wait_closed()


async def test_a_crash_between_answer_and_storage_asks_for_a_person_and_never_loops(vault: TokenVault) -> None:
    issuer = Issuer()
    await issuer.renew(FIRST)  # a process that was killed before it could write
    with pytest.raises(AccessDenied, match="Reconnect"):
        await token(vault, issuer)
    assert issuer.asked == 2


async def test_a_token_endpoint_that_hangs_is_left_and_frees_the_lock(database_url: str, engine: AsyncEngine) -> None:
    await make_location(engine)
    issuer, never = Issuer(), asyncio.Event()

    async def meanwhile() -> None:
        await never.wait()

    issuer.meanwhile = meanwhile
    async with process(database_url, renewal_s=0.05) as vault:
        with pytest.raises(NotSent, match="no answer within"):
            await token(vault, issuer)
        assert await token(vault, Issuer()) == "planted-access-token-1"


async def test_who_goes_away_takes_no_answer_with_it(engine: AsyncEngine, database_url: str) -> None:
    await make_location(engine)
    issuer, may_answer = Issuer(), asyncio.Event()

    async def meanwhile() -> None:
        await may_answer.wait()

    issuer.meanwhile = meanwhile
    async with process(database_url) as vault:
        call = asyncio.create_task(token(vault, issuer))
        await issuer.asking.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        may_answer.set()
    assert issuer.good in json.dumps(CIPHER.decrypt((await stored(engine))["tokens"])), "stored while closing"


async def test_a_deleted_location_renews_nothing(vault: TokenVault, engine: AsyncEngine) -> None:
    await locations.delete(engine, LOCATION)
    issuer = Issuer()
    with pytest.raises(Misconfigured, match="deleted"):
        await token(vault, issuer)
    assert issuer.asked == 0


async def test_a_lost_key_of_ours_is_named_and_spends_nothing(database_url: str, engine: AsyncEngine) -> None:
    await make_location(engine)
    issuer = Issuer(expires_in_s=0)
    async with process(database_url) as vault:
        await token(vault, issuer)
    other = TokenVault(engine, Cipher([Fernet.generate_key().decode()]))
    with pytest.raises(Misconfigured, match="ORDER_RELAY_SECRET_KEYS"):
        await token(other, issuer)
    assert issuer.asked == 1
    new = Issuer(good="planted-by-a-person")
    assert await token(other, new, first="planted-by-a-person") == "planted-access-token-1"


async def test_a_storage_that_does_not_answer_is_not_sent(own_database_url: str) -> None:
    issuer = Issuer()
    async with process(own_database_url) as vault:
        own = create_engine(own_database_url, application_name="tests")
        async with own.begin() as connection:
            await connection.execute(text("DROP TABLE pos_tokens"))
        await own.dispose()
        with pytest.raises(NotSent, match="nothing was sent"):
            await token(vault, issuer)
    assert issuer.asked == 0


async def test_nothing_secret_is_shown(vault: TokenVault, capsys: pytest.CaptureFixture[str]) -> None:
    issuer = Issuer()
    living = await token(vault, issuer)
    wanted = Wanted(location_id=LOCATION, first=FIRST, renew=issuer.renew, refused=living)
    pair = TokenPair(access_token=living, refresh_token=issuer.good, expires_in_s=1)
    chain = Chain.of(pair, asked_at=datetime.now(UTC))
    with pytest.raises(AccessDenied) as caught:
        await token(vault, Issuer(good="another"), refused=living)
    shown = repr([wanted, pair, chain, vault, caught.value, vars(vault)]) + "".join(capsys.readouterr())
    assert "planted" not in shown
