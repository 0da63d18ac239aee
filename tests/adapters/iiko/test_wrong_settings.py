"""A setting that concerns every order of the location blocks its lane; what concerns one order refuses that one."""

from typing import Any

import pytest

from app.domain.errors import InDoubt, Misconfigured, PosError, Rejected
from tests.adapters.iiko.conftest import Opening
from tests.adapters.iiko.places import REFERENCE, pickup, translated
from tests.adapters.iiko.serving import ADD, INFO, LIST, Reply, Script, iiko_says, reply
from tests.adapters.iiko.test_calls import END, START

REQUEST = translated(pickup()).request
ANYWHERE = translated(pickup(), delivery_terminal=None).request
GUID = "10000000-0000-4000-8000-000000000001"


def state(**keys: str) -> dict[str, Any]:
    return {"Message": "The request is invalid.", "ModelState": {key: [words] for key, words in keys.items()}}


ABOUT_SETTINGS: list[tuple[Reply, str]] = [
    (iiko_says("5", f"Organization '{GUID}' is not found or not visible with this login", 400), "organization_id"),
    (iiko_says("5", f"Organization {GUID} not found", 400), "organization_id"),
    (iiko_says("5", "OrganizationNotFound", 400), "organization_id"),
    (iiko_says("5", "Unknown organization", 400), "organization_id"),
    (reply(state(organization="The value 'x' is not valid for Guid."), 400), "organization_id"),
    (iiko_says("5", f"Delivery terminal '{GUID}' is not found", 400), "delivery_terminal"),
    (iiko_says("5", "DeliveryTerminalNotFound", 422), "delivery_terminal"),
    (reply(state(deliveryTerminalId="The value 'x' is not valid for Guid."), 400), "delivery_terminal"),
]


async def refusal(speaking_to: Opening, answered: Reply, *, anywhere: bool = False) -> PosError:
    async with speaking_to(Script({ADD: [answered]})) as adapter:
        with pytest.raises(PosError) as failed:
            await adapter.create(ANYWHERE if anywhere else REQUEST)
    return failed.value


@pytest.mark.parametrize(("answered", "setting"), ABOUT_SETTINGS)
async def test_a_wrong_setting_rejects_no_order(speaking_to: Opening, answered: Reply, setting: str) -> None:
    error = await refusal(speaking_to, answered)
    assert type(error) is Misconfigured
    assert f"the location's {setting} (4" in error.message
    assert error.pos_message
    assert error.pos_message in error.message
    assert error.answer


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Order type 'x' is not found", "pos_rejected"),
        ("OrderTypeNotFound", "pos_rejected"),
        ("Marketing source 'x' is not found", "pos_rejected"),
        ("Payment type 'CASH' is deleted", "payment_type_invalid"),
        (f"Product 'Soup' of organization '{GUID}' is not found in nomenclature", "item_not_found"),
        ("Organization is not connected", "pos_offline"),
        ("Guest of the organization is unknown", "pos_rejected"),
        ("Organization rules: order is not valid", "pos_rejected"),
        ("Product 'Delivery terminal' is prohibited to sale", "item_unavailable"),
        ("Invalid format for GUID:''", "pos_rejected"),
    ],
)
async def test_what_concerns_an_order_refuses_it(speaking_to: Opening, words: str, code: str) -> None:
    error = await refusal(speaking_to, iiko_says("5", words, 400))
    assert type(error) is Rejected
    assert (error.code, error.pos_message) == (code, words)


async def test_a_terminal_that_we_did_not_name_is_no_setting(speaking_to: Opening) -> None:
    """Iiko picked it, by the order's address."""
    answered = iiko_says("5", "Delivery terminal is not found", 400)
    assert type(await refusal(speaking_to, answered, anywhere=True)) is Rejected


async def test_a_question_can_show_a_wrong_organization_too(speaking_to: Opening) -> None:
    unknown, other = ABOUT_SETTINGS[0][0], iiko_says("5", "Order type is not found", 400)
    async with speaking_to(Script({INFO: [unknown, other], LIST: [unknown]})) as adapter:
        with pytest.raises(Misconfigured):
            await adapter.find(REFERENCE)
        with pytest.raises(InDoubt):
            await adapter.find(REFERENCE)
        with pytest.raises(Misconfigured):
            await adapter.list_orders(START, END)
