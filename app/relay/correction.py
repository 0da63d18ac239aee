"""What a corrected order may not change. Pure."""

from app.domain.errors import Finding
from app.domain.order import Order
from app.store.views import SummaryRow


def changed_identity(corrected: Order, order: SummaryRow) -> list[Finding]:
    """Location and reference say which order it is: they stay."""
    findings = []
    if corrected.location != order.location_id:
        findings.append(Finding("/location", "changed", "must stay the location of the order"))
    if corrected.reference != order.reference:
        findings.append(Finding("/reference", "changed", "must stay the reference of the order"))
    return findings
