"""What the demo's people saw on the road: a progress form, and visits with where they were, what came of them and a few pictures."""

import datetime as dt
import random
from typing import Any

import sqlalchemy as sa

from crm_core.access.rights import bump
from crm_core.data.session import acting_as, session
from crm_core.features.customers.api import Contact, Customer, add_note
from crm_core.features.files.api import put
from crm_core.features.road import pictures
from crm_core.kernel import actors, clock
from crm_core.kernel.site import site
from crm_core.resource.changes import stamp
from crm_core.resource.layout import Layout

NOTE, CUSTOMER = "core.note", "core.customer"
EACH = 4  # visits of each who sells
FIELDS: tuple[dict[str, Any], ...] = (
    {"name": "x_interest", "kind": "choices", "zh": "意向产品", "en": "Interested in"},
    {"name": "x_chance", "kind": "choice", "zh": "成交可能", "en": "Chance"},
    {"name": "x_budget", "kind": "money", "zh": "意向金额", "en": "Amount in view"},
    {"name": "x_rival", "kind": "text", "zh": "在用媒体", "en": "Media they use now"},
    {"name": "x_along", "kind": "boolean", "zh": "需要主管陪访", "en": "Supervisor should come along"},
)
WORDS = {
    "x_interest": [("cover", "Cover", "封面封底"), ("page", "Inside page", "内页"), ("journal", "Subscription", "期刊订阅"), ("stand", "Fair stand", "糖酒会展位"), ("story", "Interview", "企业专访")],
    "x_chance": [("high", "High", "高"), ("even", "Even", "中"), ("low", "Low", "低")],
}
# (place, what was said, result, answers of the form, pictures)
VISITS: tuple[tuple[str, str, str, dict[str, Any], tuple[str, ...]], ...] = (
    ("厂区", "拜访{who}，看了新的灌装线，产能翻了一番。对方想在春糖会上推两款中端产品。", "同意要 36 平方米展位，等平面图。",
     {"x_interest": ["stand", "page"], "x_chance": "high", "x_budget": 12_000_000, "x_along": True}, ("灌装线", "厂区")),
    ("总部会议室", "与{who}谈明年合作，封底广告希望六期一起签。", "下周给两套报价。", {"x_interest": ["cover"], "x_chance": "even", "x_budget": 28_800_000, "x_rival": "行业周报"}, ()),
    ("门店", "走访终端，我刊报道过的两款酒都上架了，动销不错。{who}愿意做一期经销商专访。", "约好采编部下月来。", {"x_interest": ["story", "journal"], "x_chance": "high", "x_along": False}, ("货架",)),
    ("仓库", "到仓库找到{who}，收刊地址已换，旧地址退刊三期。", "已改地址，补寄三期。", {"x_interest": ["journal"], "x_chance": "even"}, ()),
    ("总部", "{who}出差，见了市场部同事，送上样刊和价目表。", "月底前再约。", {"x_interest": ["page"], "x_chance": "low", "x_rival": "同城两家周刊"}, ()),
    ("展厅", "参观展厅，{who}介绍礼盒新品，想配合中秋做招商专辑。", "专辑方案下周三前给出。", {"x_interest": ["page", "story"], "x_chance": "high", "x_budget": 6_500_000}, ("货架",)),
)


def fill(make: Any) -> None:
    """Each who sells has been out four times in two months; the customer that is shown first among them."""
    dice = random.Random(8)  # of its own, so that visits change nothing else
    with acting_as(actors.load(site(), make.made["users"]["admin"])):
        _form()
    rows = session.execute(
        sa.select(Customer.id, Customer.owner_id, Customer.latitude, Customer.longitude, Customer.created_at).where(
            Customer.id.in_(make.made["customers"][:300]), Customer.latitude.is_not(None), Customer.owner_id.is_not(None)).order_by(Customer.id)).all()
    people: dict[int, str] = {row.customer_id: row.name for row in session.execute(
        sa.select(Contact.customer_id, Contact.name).where(Contact.customer_id.in_([row.id for row in rows])).order_by(Contact.main, Contact.id.desc()))}
    by_owner: dict[int, list[Any]] = {}
    for row in rows:
        by_owner.setdefault(row.owner_id, []).append(row)
    shown = make.made["showcase"]
    for owner, mine in by_owner.items():
        chosen = [row for row in mine if row.id == shown] + dice.sample([row for row in mine if row.id != shown], min(EACH, len(mine) - 1))
        who = actors.load(site(), owner)
        for number, row in enumerate(chosen[:EACH]):
            told = VISITS[0] if row.id == shown else VISITS[(number + owner) % len(VISITS)]
            _visit(make, who, row, people.get(row.id, "对方"), told, dice)


def _form() -> None:
    """Five questions after a visit, one of them to be answered."""
    options = {name: "\n".join(f"{zh} | {en} | {code}" for code, en, zh in words) for name, words in WORDS.items()}
    rows = [{"resource": NOTE, "position": 10 + at, **one, **({"options": options[one["name"]]} if one["name"] in options else {})} for at, one in enumerate(FIELDS)]
    site().registry.resource("core.custom_field").write(rows)
    fields = [{"name": one["name"], "required": one["name"] == "x_chance"} for one in FIELDS]
    session.add(stamp(Layout(resource=NOTE, sections=[{"zh": "进程", "en": "Progress", "folded": False, "fields": fields}])))
    session.flush()
    bump()


def _visit(make: Any, who: Any, row: Any, name: str, told: tuple[str, str, str, dict[str, Any], tuple[str, ...]], dice: random.Random) -> None:
    place, words, result, answers, seen = told
    day = make.day(-dice.randint(4, 58))
    day -= dt.timedelta(days=max(0, day.weekday() - 4))
    at = max(clock.instant(day, dt.time(dice.randint(9, 16), dice.choice((5, 20, 35, 50)))), row.created_at + dt.timedelta(hours=1))
    where = {"latitude": row.latitude + dice.randint(-400, 400), "longitude": row.longitude + dice.randint(-400, 400), "accuracy": dice.choice((8, 12, 20, 35))}
    with clock.freeze(min(at, clock.now())), acting_as(who):
        made = add_note(CUSTOMER, row.id, words.format(who=name), kind="visit", more={"place": place, "result": result, "minutes": dice.choice((30, 45, 60, 90)), **where, **answers})
        for called in seen:
            put(NOTE, made.id, f"{called}.jpg", pictures.draw(called, dice.randrange(1_000)))
