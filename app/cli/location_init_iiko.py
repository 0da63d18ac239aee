"""What `locations init` asks for Iiko."""

from collections.abc import Sequence

from app.cli.asking import ask, ask_secret, pick, say
from app.cli.location_choices import choose
from app.cli.location_draft import Draft, Drawing, Secret
from app.cli.location_reaching import reach, read
from app.domain.catalog import Entry, Kind

ADDRESS = "https://card.iiko.co.uk"
NO_ORGANIZATION = "00000000-0000-0000-0000-000000000000"
GUESTS = {
    "none": "No: orders carry name and phone, and that is all",
    "find": "Find: an order names the guest whom Iiko knows by the phone",
    "create": "Create: and who is not known is added",
}
ITS_OWN = "None: what Iiko takes by itself"


def ask_iiko(draft: Draft, drawing: Drawing) -> None:
    """Credentials, organization, and the names of what orders are sent with."""
    draft.pos = {"system": "iiko", "organization_id": NO_ORGANIZATION}
    places = reach(drawing, draft, address=ADDRESS, access=_access)
    number = pick("Which organization is it?", [f"{place.name}  {place.id}" for place in places]) or 0
    draft.pos["organization_id"] = places[number].id
    draft.settings["name"] = places[number].name
    currency = places[number].more.get("currencyIsoName")
    if isinstance(currency, str) and currency:
        draft.settings["currency"] = currency.upper()
    _names(draft, drawing)
    words = list(GUESTS)
    chosen = pick("Shall guests be looked up in Iiko before an order is sent?", list(GUESTS.values())) or 0
    draft.pos["customers"] = words[chosen]
    sku = ask("SKU of the product that a tip is sold as", empty="none: tips are refused")
    if sku:
        draft.pos["tip_sku"] = sku


def _access(draft: Draft) -> None:
    draft.pos["user_id"] = ask("User of the API (user_id)", default=draft.pos.get("user_id"))
    draft.secrets = [Secret(path=("user_secret",), value=ask_secret("Its password (user_secret)"))]


def _names(draft: Draft, drawing: Drawing) -> None:
    known = read(lambda: drawing.names(draft)) or {}
    terminals = known.get(Kind.TERMINALS, ())
    if terminal := choose("Which delivery terminal takes the orders?", terminals, none="None: Iiko picks one by zone"):
        draft.pos["delivery_terminal"] = terminal
    types = known.get(Kind.ORDER_TYPES, ())
    wanted = {
        "pickup": choose("Order type of a pickup", types, "pickup", "client", "self", "самовывоз", none=ITS_OWN),
        "delivery": choose("Order type of a delivery", types, "courier", "delivery", "доставка", none=ITS_OWN),
    }
    if chosen := {service: name for service, name in wanted.items() if name}:
        draft.pos["order_types"] = chosen
    sources = known.get(Kind.MARKETING_SOURCES, ())
    if source := choose("Marketing source of the website's orders", sources, "web", "сайт", none="None"):
        draft.pos["marketing_source"] = source
    _payments(draft, known.get(Kind.PAYMENT_TYPES, ()))


def _payments(draft: Draft, types: Sequence[Entry]) -> None:
    chosen = {}
    for method in methods():
        code = choose(f"Payment type for {method}", types, method, none="None: orders paid so are not sent")
        if code is None and not types:
            code = ask(f"Iiko's code for {method}", default=method)
        if code:
            chosen[method] = code
    draft.pos["payment_types"] = chosen


def methods() -> list[str]:
    """What the website calls its payment methods."""
    say("How does your website name its payment methods (payments[].method of an order)?")
    given = ask("Names, separated by commas", default="CARD")
    return list(dict.fromkeys(name.strip() for name in given.split(",") if name.strip()))
