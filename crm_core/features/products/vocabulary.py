"""Units and terms of payment that every house begins with."""

from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.products.models import Unit
from crm_core.features.products.price_models import PaymentTerm
from crm_core.kernel.site import site

UNITS = (("件", "piece"), ("份", "copy"), ("本", "book"), ("期", "issue"), ("版", "page"), ("个", "item"), ("年", "year"), ("月", "month"), ("天", "day"), ("小时", "hour"), ("平方米", "m²"))
MADE = (("箱", "box", "件", 12_000), ("打", "dozen", "件", 12_000))
TERMS: tuple[tuple[str, str, int, int, bool], ...] = (
    ("货到付款", "On delivery", 0, 0, False), ("预付全款", "In advance", 100_00, 0, False), ("30 天", "30 days", 0, 30, False),
    ("月结 30 天", "30 days from the end of the month", 0, 30, True), ("预付 30%，余款 30 天", "30% in advance, the rest in 30 days", 30_00, 30, False),
)


def install() -> None:
    """Put them in where there is none at all, not even a deleted one: what somebody removed stays removed."""
    registry = site().registry
    if _empty(Unit):
        ids = dict(zip((name for name, _en in UNITS), registry.resource("core.unit").write([{"name": name, "english": en} for name, en in UNITS]), strict=True))
        registry.resource("core.unit").write([{"name": name, "english": en, "base": ids[base], "factor": factor} for name, en, base, factor in MADE])
    if _empty(PaymentTerm):
        registry.resource("core.payment_term").write(
            [{"name": zh, "english": en, "advance": advance, "days": days, "month_end": end} for zh, en, advance, days, end in TERMS])


def _empty(model: Any) -> bool:
    from crm_core.data.wall import DELETED

    return session.execute(sa.select(model.id).limit(1), execution_options={DELETED: True}).first() is None
