"""Two restaurants with a large menu, as `order-relay locations apply` reads them."""

from collections.abc import Mapping

from app.simulators.iiko import ids

_ANY = """
[locations.sync-{pos}]
name = "A large menu"
timezone = "Europe/Kyiv"
currency = "UAH"
[locations.sync-{pos}.pos]
system = "{pos}"
"""
_IIKO = """base_url = "{url}"
user_id = "demo"
user_secret = "demo-secret"
organization_id = "{organization}"
"""
_IKENTOO = """base_url = "{url}/o"
business_location_id = 25769803788
endpoint_id = "TEST"
callback_username = "order-relay"
callback_password = "callback-secret"
account_profiles = {{ pickup = "PICKUP", delivery = "DELIVERY" }}
payment_methods = {{ CARD = "CARD" }}
"""


def toml(urls: Mapping[str, str]) -> str:
    """`urls`: the simulated POS of each system; the locations are `sync-iiko` and `sync-ikentoo`."""
    texts = {"iiko": _IIKO, "ikentoo": _IKENTOO}
    return "".join(
        _ANY.format(pos=pos) + texts[pos].format(url=url, organization=ids.ORGANIZATION) for pos, url in urls.items()
    )
