"""Quotes and contracts on paper, in either language, under the letterhead of the own company."""

import hashlib
import json

import flask
from sqlalchemy import select

from crm_core.sdk import (
    CompanySettings,
    Refused,
    User,
    document,
    in_language,
    language,
    line_words,
    money,
    session,
    site,
    system_scope,
)
from crm_sales import _

LANGUAGES = {"zh_Hans_CN": "中文", "en": "English"}


def shown(amount, currency=""):
    """An amount as people read it: 12,300.50; without cents where the currency has none."""
    sign, amount = ("-" if amount < 0 else ""), abs(amount)
    cents = "" if currency and money.step(currency) == 100 else f".{amount % 100:02}"
    return f"{sign}{amount // 100:,}{cents}"


def number(value, places):
    """A quantity (thousandths) or a percentage (hundredths), without zeros at its end."""
    whole, rest = divmod(abs(value or 0), 10**places)
    tail = f"{rest:0{places}}".rstrip("0")
    return f"{'-' if (value or 0) < 0 else ''}{whole:,}{'.' + tail if tail else ''}"


def items_of(model, column, head_id):
    return session.scalars(select(model).where(column == head_id, model.deleted_at.is_(None)).order_by(model.id)).all()


def rows(items, currency):
    """The lines of a document as they are read, with their units; a product, and what was chosen of it, is called as in the language of the paper."""
    units = site().registry.resource("core.unit").labels({one.unit_id for one in items if one.unit_id})
    found = []
    for n, (one, said) in enumerate(zip(items, line_words(items, "zh" if _chinese() else "en"), strict=True), 1):
        found.append({"n": n, "what": said, "quantity": f"{number(one.quantity, 3)} {units.get(one.unit_id, '')}".strip(), "price": shown(one.price or 0, currency),
                      "discount": f"{number(one.discount, 2)} %" if one.discount else "", "rate": f"{number(one.rate, 2)} %", "amount": shown(one.amount, currency)})
    return found


def _chinese():
    return language().startswith("zh")


def whole(resource, *names):
    """A paper is there for who may see all of what stands on it. Raises Refused."""
    seen = resource.fields()
    if any(name not in seen for name in names):
        raise Refused(_("You may not see all that stands on this paper."))


def draw(template, head, items, code, **more):
    """The HTML of a document in a language; within a request."""
    with in_language(code):
        customer = site().registry.resource("core.customer").labels([head.customer_id]).get(head.customer_id, "")
        contact = site().registry.resource("core.contact").labels([head.contact_id]).get(head.contact_id, "") if head.contact_id else ""
        with system_scope("who offers something is named on its paper, with his number, to whoever reads it") as db:
            by = db.execute(select(User.name, User.phone, User.email).where(User.id == head.owner_id)).one_or_none() if head.owner_id else None
        return flask.render_template(
            template, doc=head, company=CompanySettings.now(head.department_id), customer=customer, contact=contact, by=by, items=rows(items, head.currency),
            net=shown(head.net, head.currency), tax=shown(head.tax, head.currency), total=shown(head.total, head.currency), chinese=_chinese(), **more)


def pdf(html, title, code):
    """What `draw` has drawn, as a PDF. Takes about a second: outside of transactions."""
    return document.pdf(f'<main class="paper">{html}</main>', title=title, lang="zh-Hans" if code.startswith("zh") else "en", css=document.numbered())


def seal(head, items):
    """What a document says, in a few characters: another text has another seal."""
    said = [head.number, head.currency, head.net, head.tax, head.total, str(head.until), head.terms, head.note,
            [[one.what, one.quantity, one.price, one.discount, one.rate, one.amount] for one in items]]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:32]
