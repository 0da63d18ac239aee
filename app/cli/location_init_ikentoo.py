"""What `locations init` asks for iKentoo."""

import secrets

from app.cli.asking import ask, ask_for, ask_secret, pick, say
from app.cli.location_draft import Draft, Drawing, Secret
from app.cli.location_init_iiko import methods
from app.cli.location_reaching import reach

NO_LOCATION = 1
ACCESS = ("An access token that lasts", "OAuth: client and refresh token", "None (a gateway adds it)")
ONE_USE = "A refresh token is good for one use, so it is not tried here: 'locations check' does, once it is stored."


def ask_ikentoo(draft: Draft, drawing: Drawing) -> None:
    """Credentials, business location, callbacks, and the codes that orders are sent with."""
    draft.pos = {"system": "ikentoo", "business_location_id": NO_LOCATION, "endpoint_id": "-"}
    say("The address holds the gateway's prefix, such as https://api.example.com/o")
    places = reach(drawing, draft, address=None, access=_access, live=lambda draft: "client_id" not in _auth(draft))
    if places:
        shown = [f"{place.name}  {place.id}  {place.business or ''}".rstrip() for place in places]
        number = pick("Which business location is it?", shown) or 0
        draft.pos["business_location_id"] = int(places[number].id)
        draft.settings["name"] = places[number].name
    else:
        draft.pos["business_location_id"] = ask_for("Number of the business location", _number)
    draft.pos["endpoint_id"] = ask("Endpoint id (as agreed with iKentoo; case-sensitive)")
    _callbacks(draft)
    _codes(draft)


def _auth(draft: Draft) -> dict[str, object]:
    auth = draft.pos.get("auth", {})
    return auth if isinstance(auth, dict) else {}


def _access(draft: Draft) -> None:
    draft.pos.pop("auth", None)
    draft.secrets = []
    match pick("How does iKentoo know us?", ACCESS):
        case 0:
            draft.secrets = [Secret(path=("auth", "access_token"), value=ask_secret("Access token"))]
        case 1:
            draft.pos["auth"] = {"token_url": ask("Address of the tokens (token_url)"), "client_id": ask("client_id")}
            draft.secrets = [
                Secret(path=("auth", name), value=ask_secret(name)) for name in ("client_secret", "refresh_token")
            ]
            say(ONE_USE)


def _number(answer: str) -> int:
    if not answer.isdecimal() or not 0 < int(answer) < 2**63:
        message = "Please give its number, such as 25769803788."
        raise ValueError(message)
    return int(answer)


def _callbacks(draft: Draft) -> None:
    say("iKentoo calls us back, with a user and a password that we choose ('locations register' tells it both).")
    draft.pos["callback_username"] = ask("User of the callbacks", default="order-relay")
    given = ask_secret("Password of the callbacks", empty="empty: one is made for you")
    value = given or secrets.token_urlsafe(24)
    draft.secrets.append(Secret(path=("callback_password",), value=value, made=not given))


def _codes(draft: Draft) -> None:
    profiles = {}
    for service, usual in (("pickup", "PICKUP"), ("delivery", "DELIVERY"), ("dine_in", None)):
        given = ask(f"Account profile of {service} ('-' for the POS's own)", default=usual or "-")
        if given != "-":
            profiles[service] = given
    draft.pos["account_profiles"] = profiles
    draft.pos["payment_methods"] = {
        method: ask(f"iKentoo's payment method code for {method}", default=method) for method in methods()
    }
