"""order-relay locations: all its commands together."""

from app.cli import location_catalog, location_guests, location_init, location_pos
from app.cli.locations import app
from app.cli.messages import message

for _command in (
    location_init.init,
    location_pos.check,
    location_pos.sync,
    location_catalog.catalog,
    location_catalog.dictionaries,
    location_pos.tables,
    location_pos.checks,
    location_pos.businesses,
    location_pos.organizations,
    message,
):
    app.command()(_command)
app.add_typer(location_guests.app, name="guests")
