"""Is this location set up right at iKentoo? Each thing that was looked at is a line, also the right ones."""

from collections.abc import Awaitable, Callable, Sequence

from app.adapters.ikentoo import catalog, floor
from app.adapters.ikentoo.calls import Calls
from app.adapters.ikentoo.loose import Json, flag, part, text
from app.adapters.ikentoo.reads import Reads
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.ikentoo.webhook import registered
from app.domain.catalog import Kind, Pricing, Product
from app.domain.errors import AccessDenied, Misconfigured, PosError
from app.domain.venue import SetUpCheck

Lines = list[SetUpCheck]

_READINESS = "/op/1/onlineOrderReadiness"  # K-Series reference; the guide has no such thing


async def check(calls: Calls, settings: IkentooSettings, *, callback_url: str) -> Sequence[SetUpCheck]:
    """All lines. What cannot be looked at is a line that says so; nothing is raised."""
    reads = Reads(calls, settings)
    lines: Lines = []
    if await _guarded(lines, "reachable", lambda: _access(lines, reads, settings)):
        await _guarded(lines, "menu", lambda: _menu(lines, reads, settings))
        await _guarded(
            lines, "callbacks_registered", lambda: _callbacks(lines, calls, settings, callback_url=callback_url)
        )
        await _guarded(lines, "pos_ready", lambda: _ready(lines, reads))
    return [*lines, _payment_methods(settings), _account_profiles(settings)]


async def _guarded(lines: Lines, name: str, look: Callable[[], Awaitable[None]]) -> bool:
    """Whether the look came to its end."""
    try:
        await look()
    except PosError as error:
        lines += _access_lines(error) if name == "reachable" else [_wrong(name, error.message)]
        return False
    except Exception as error:  # a defect of ours must not hide what else is wrong
        lines.append(_wrong(name, f"This could not be looked at ({type(error).__name__})."))
        return False
    return True


def _ok(name: str, hint: str | None = None) -> SetUpCheck:
    return SetUpCheck(name=name, ok=True, problem=hint)


def _wrong(name: str, problem: str) -> SetUpCheck:
    return SetUpCheck(name=name, ok=False, problem=problem)


def _access_lines(error: PosError) -> Lines:
    if isinstance(error, AccessDenied):
        return [_ok("reachable"), _wrong("credentials", f"{error.message} Check `auth`: is the token still good?")]
    if error.http_status is not None and not isinstance(error, Misconfigured):
        return [_wrong("reachable", f"{error.message} Try again later.")]  # it is there, and has troubles of its own
    return [_wrong("reachable", f"{error.message} Check base_url (it holds the gateway's prefix, such as /o).")]


async def _access(lines: Lines, reads: Reads, settings: IkentooSettings) -> None:
    seen = await floor.places(reads)
    lines += [_ok("reachable"), _ok("credentials")]
    wanted = str(settings.business_location_id)
    if any(place.id == wanted for place in seen):
        lines.append(_ok("business_location_id"))
        return
    choices = ", ".join(f"{place.id} ({place.name})" for place in seen) or "none at all"
    lines.append(_wrong("business_location_id", f"These credentials do not see {wanted}. They see: {choices}."))


async def _menu(lines: Lines, reads: Reads, settings: IkentooSettings) -> None:
    names = await catalog.read_names(reads)
    read = await catalog.read_menu(reads, {kind.value: entries for kind, entries in names.items()}, since=None)
    products = read.products if read else ()
    menus = len(names[Kind.MENUS])
    if products:
        lines.append(_ok("menu", f"{len(products)} products in {menus} menu(s)."))
    else:
        problem = (
            f"{menus} menu(s), and no product with a SKU in them: fill a menu for this location in the back office."
        )
        lines.append(_wrong("menu", problem))
    if settings.discount_sku:
        lines.append(_discount_sku(settings.discount_sku, products))


def _discount_sku(sku: str, products: Sequence[Product]) -> SetUpCheck:
    found = next((each for each in products if each.sku == sku), None)
    if found is None:
        return _wrong("discount_sku", f"No menu has a product with the SKU {sku}.")
    if found.pricing is not Pricing.NEGATIVE:
        problem = f"{found.name} ({sku}) is not sold at a negative price: give it that pricing in the back office."
        return _wrong("discount_sku", problem)
    return _ok("discount_sku")


async def _callbacks(lines: Lines, calls: Calls, settings: IkentooSettings, *, callback_url: str) -> None:
    found = await registered(calls, settings)
    if found.status == 404:
        problem = f"Nothing is registered under endpoint_id {settings.endpoint_id}: register the callbacks."
        lines.append(_wrong("callbacks_registered", problem))
        return
    data = found.json()
    endpoint = data if isinstance(data, dict) else {}
    lines += [_ok("callbacks_registered"), _points_here(endpoint, callback_url), _credentials(endpoint, settings)]


def _points_here(endpoint: Json, callback_url: str) -> SetUpCheck:
    url = text(endpoint, "url")
    if url == callback_url:
        return _ok("callback_url")
    return _wrong("callback_url", f"Callbacks go to {url}, not to {callback_url}: register the callbacks anew.")


def _credentials(endpoint: Json, settings: IkentooSettings) -> SetUpCheck:
    name = "callback_credentials"
    if settings.callback_username is None or settings.callback_password is None:
        return _wrong(name, "callback_username and callback_password are not set: no callback is let in.")
    if flag(endpoint, "withBasicAuth") is not True or text(endpoint, "username") != settings.callback_username:
        return _wrong(name, "Another user name is registered, or none: register the callbacks anew.")
    return _ok(name, "The password cannot be read back; after changing it, register the callbacks anew.")


async def _ready(lines: Lines, reads: Reads) -> None:
    answer = await reads.ask(_READINESS)
    data = answer.json()
    status = text(data, "status") if answer.status == 200 and isinstance(data, dict) else None
    if not isinstance(data, dict) or status not in ("READY", "NOT_READY"):
        lines.append(_ok("pos_ready", f"This iKentoo does not say whether the till is ready ({answer.status})."))
    elif status == "READY":
        lines.append(_ok("pos_ready"))
    else:
        lines.append(_wrong("pos_ready", f"The till does not take online orders now: {_reasons(data)}."))


def _reasons(data: Json) -> str:
    till = part(data, "posStatus")
    reasons = []
    if flag(part(data, "onlineOrderingApiConfiguration"), "enabled") is False:
        reasons.append("online ordering is not enabled for this location")
    if (period := text(till, "salesPeriod")) not in (None, "OPENED"):
        reasons.append(f"its sales period is {period}")
    if flag(till, "acceptingOnlineOrders") is False:
        reasons.append("staff have switched online orders off")
    if till.get("availableDevices") in (False, 0, []):
        reasons.append("no device is available")
    return ", ".join(reasons) or "it gives no reason"


def _payment_methods(settings: IkentooSettings) -> SetUpCheck:
    if settings.payment_methods:
        codes = ", ".join(sorted(set(settings.payment_methods.values())))
        return _ok(
            "payment_methods", f"iKentoo has no list to compare with; make sure that these codes exist: {codes}."
        )
    return _ok("payment_methods", "None is set: orders that are paid online, and payments of checks, are refused.")


def _account_profiles(settings: IkentooSettings) -> SetUpCheck:
    profiles = sorted({code for _, code in settings.account_profiles if code})
    if not profiles:
        return _ok("account_profiles", "None is set: the POS uses its own default.")
    told = ", ".join(profiles)
    return _ok("account_profiles", f"The API guide has no list to compare with; make sure that these exist: {told}.")
