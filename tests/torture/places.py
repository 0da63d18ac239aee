"""The restaurants of the campaign: many locations of ours at both simulated POSs."""

from typing import Any

from tests.e2e import city, restaurant

LOCATIONS_EACH = 6
HASTY_S = 45
"""So soon does a location give up an order: some deadlines pass in every campaign."""
PATIENT_S = 600
IIKO = tuple(f"zhytomyr-{number}" for number in range(1, LOCATIONS_EACH + 1))
BUSINESS_LOCATIONS = tuple(city.IKENTOO.values())
IKENTOO = {f"geneva-{n + 1}": BUSINESS_LOCATIONS[n % len(BUSINESS_LOCATIONS)] for n in range(LOCATIONS_EACH)}
HASTY_IKENTOO = "geneva-1"
SLUGS = tuple(slug for pair in zip(IIKO, IKENTOO, strict=True) for slug in pair)


def place_of(slug: str) -> str:
    """As the checker's books call the kitchen."""
    return f"ikentoo {IKENTOO[slug]}" if slug in IKENTOO else city.IIKO_PLACE


def documents(iiko_url: str, ikentoo_url: str) -> dict[str, dict[str, Any]]:
    """Slug to location, as PUT takes it. The first of each POS is a hasty one."""
    return {
        slug: {**_document(slug, iiko_url, ikentoo_url), "give_up_after_s": _patience(slug), "max_in_flight": 16}
        for slug in SLUGS
    }


def _patience(slug: str) -> int:
    return HASTY_S if slug.endswith("-1") else PATIENT_S


def _document(slug: str, iiko_url: str, ikentoo_url: str) -> dict[str, Any]:
    if slug in IKENTOO:
        document = city.ikentoo_location(ikentoo_url, "geneva-1")
        pos = {"business_location_id": IKENTOO[slug], "endpoint_id": slug.upper()}
        return {**document, "name": slug, "pos": {**document["pos"], **pos}}
    document = restaurant.location(iiko_url)
    # By name, so that each send looks the ids up: CHANGE_IDS changes them.
    names = {"delivery_terminal": "Centre", "order_types": {"pickup": "Pickup"}, "payment_types": {"CARD": "CARD"}}
    return {**document, "name": slug, "pos": {**document["pos"], **names}}
