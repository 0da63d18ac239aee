"""More locations than are read at a time."""

import pytest
from sqlalchemy import text

from app.domain.errors import ConfigurationError
from app.relay.locations import PAGE
from tests.api.conftest import Api

COPIES = text("""
INSERT INTO locations (location_id, settings, secrets, secret_names, pos_system, callback_key, venue)
SELECT 'copy-' || n, settings, secrets, secret_names, pos_system, 'copy-' || n, venue
FROM locations, generate_series(1, :count) n WHERE location_id = 'geneva-1'
""")
SPOILED = text("""
UPDATE locations SET secrets = 'of another key'::bytea
WHERE location_id = (SELECT max(location_id) FROM locations)
""")


async def test_the_start_reads_all_of_them(api: Api) -> None:
    await api.put()
    async with api.services.engine.begin() as connection:
        await connection.execute(COPIES, {"count": PAGE + 1})
    await api.services.locations.verify_secrets()
    async with api.services.engine.begin() as connection:
        await connection.execute(SPOILED)
    with pytest.raises(ConfigurationError):
        await api.services.locations.verify_secrets()
