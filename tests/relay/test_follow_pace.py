"""A POS that fails its polls is asked less and less often, and as before once it answers."""

from sqlalchemy import text

from tests.relay.house import IIKO, House, iiko_order


async def next_in(house: House) -> float:
    async with house.engine.connect() as connection:
        found = await connection.scalar(
            text("SELECT extract(epoch FROM poll_at - now())::float8 FROM lanes WHERE location_id = :slug"),
            {"slug": IIKO},
        )
        return float(found)


async def test_failing_polls_come_at_growing_intervals(house: House) -> None:
    await house.submit(iiko_order())
    await house.send()
    await house.fault(IIKO, "status", status=500)
    pauses = []
    for _ in range(5):
        await house.later(1000)
        assert await house.follower.due() == [IIKO]
        await house.follower.poll(IIKO)
        pauses.append(round(await next_in(house), -1))
        assert house.follower.fails(IIKO)
    assert pauses == [40, 80, 120, 120, 120]
    await house.follower.gave_up(IIKO)
    assert 110 < await next_in(house) <= 120
    await house.heal(IIKO)
    await house.later(120)
    assert await house.follower.due() == [IIKO]
    await house.follower.poll(IIKO)
    assert not house.follower.fails(IIKO)
    assert await next_in(house) <= 20
