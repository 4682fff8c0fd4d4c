"""One customer with a whole story, and busy weeks of the person whose eyes the demo is first seen through."""

import datetime as dt
from typing import Any

from crm_core.data.session import session
from crm_core.features.customers import notes
from crm_core.features.customers.demo import text
from crm_core.features.customers.demo.firms import Firms
from crm_core.features.customers.models import Note
from crm_core.features.tasks import api as tasks
from crm_core.kernel import clock
from crm_core.text import credit

WEEKS = (5, 6, 4, 7, 6, 8, 7)  # notes a week, seven weeks back; then this week, day by day
CUSTOMER = "core.customer"
CODE = "91511502MA6200B8X"
# (days ago, hour, what was written)
STORY = (
    (168, 15.2, "拜访四川云岭春酒业，参观新的灌装线。罗建国说 2027 年要推两款中端产品，正在找各省代理。"),
    (121, 10.4, "寄出样刊两本和 2027 年广告价目表，约好下周回访。"),
    (64, 16.3, "何文静反映第 46 期内页色差，已请印务核实并答应补刊。"),
    (12, 9.5, "电话罗建国：封底广告想听 3 期以上折扣，春糖会展位由 18 ㎡ 扩到 36 ㎡，要求主通道位置。"),
    (5, 14.6, "确认参加 2027 春季糖酒会，3 号馆双开间已口头确认，合同下周寄出。"),
)


def firm(firms: Firms) -> dict[str, Any]:
    """What its row says instead of what the dice say."""
    region = firms.regions["511502"].id
    return {
        "name": "四川云岭春酒业有限公司", "standing": "key", "customer_kind": "old", "region": region, "latitude": 28_769_200, "longitude": 104_623_400,
        "opening_hours": "Mon-Fri 08:30-12:00, 13:30-17:30; Sat 09:00-12:00", "industry": firms.industries.get("A1"),
        "business_kind": "maker", "ownership": "private", "size": "medium", "source": "fair", "phone": "0831-8005566",
        "email": "office@yunling.example", "website": "www.yunling.example", "legal_representative": "罗世昌",
        "note": "浓香型白酒、果露酒。", "credit_code": CODE + credit.check_sign(CODE), "founded_on": dt.date(1958, 9, 28),
        "general_manager": "罗建国", "publicity_head": "何文静", "capital_band": "b5", "headcount_band": "h3", "credit": "good", "trade_position": "imitator",
        "business_scope": "白酒、果露酒的生产与销售；包装设计。", "wish_channels": ["phone", "wechat"], "wish_never": ["fax"], "wish_times": ["morning"],
        "addresses": [{"purpose": purpose, "region": region, "street": street, "postcode": "644000"} for purpose, street in (("office", "酒都路 88 号"), ("factory", "食品工业园一路 6 号"))],
    }


def people(firms: Firms, customer: int) -> list[dict[str, Any]]:
    """Who one speaks with there."""
    return [
        {"customer": customer, "name": "罗建国", "sex": "male", "salutation": "mr", "main": True, "position": firms.positions.get("总经理"), "mobile": "13800312207"},
        {"customer": customer, "name": "何文静", "sex": "female", "salutation": "ms", "position": firms.positions.get("品牌经理"), "mobile": "13900127745",
         "email": "hewenjing@yunling.example"},
        {"customer": customer, "name": "杜晓琳", "sex": "female", "salutation": "ms", "position": firms.positions.get("采购负责人"), "mobile": "15900561203"},
    ]


def tell(story: Any, chief: str, editor: str) -> None:
    """The customer's year and the chief's weeks."""
    customer = story.owned[chief][0][0]
    for ago, new in ((140, {"legal_representative": "罗建国"}), (33, {"size": "large"})):
        with story.at(story.moment(ago), chief):
            story.customers.write([{"id": customer, **new}])
    with story.at(story.moment(30), chief):
        beside(story, customer)
    with story.at(story.moment(20), chief):
        story.customers.run("tag", [customer], {"tags": ["春糖会", "川酒"]})
    made = [note(story, chief, customer, story.moment(ago, hour), words) for ago, hour, words in STORY]
    for moment in weeks(story):
        about = story.dice.choice([i for i, day in story.owned[chief][1:14] if day < moment.date()])  # others wait to be called
        words = story.dice.choice(text.NOTES).format(who=story.who(about), company=story.names[about])
        made.append(note(story, chief, about, moment, words))
    session.add_all(made)
    session.flush()
    with story.at(story.moment(2, 9.8), chief):
        tasks.give("寄春糖会展位合同", due=story.make.day(0), about=(CUSTOMER, customer))
    with story.at(story.moment(1, 16.5), chief):
        notes.add_note(CUSTOMER, customer, "请 @孙立 审阅明年的合作方案，本周内回复客户。", mentions=[story.users[editor]], next_day=story.make.day(4))


def beside(story: Any, customer: int) -> None:
    """What the customer wants, makes, is to others."""
    of, day, mine = story.registry.resource, story.make.day, story.owned["chenxiaoyan"]
    of("core.need").write([
        {"customer": customer, "kind": "fair", "wanted": "2027 春糖会 36 ㎡ 双开间", "valid_from": day(-30), "valid_until": day(120)},
        {"customer": customer, "kind": "media", "wanted": "封底广告 3 期以上", "valid_from": day(-12), "valid_until": day(60)},
        {"customer": customer, "kind": "journal", "wanted": "半月刊 10 份", "valid_from": day(-400), "valid_until": day(-35)},
    ])
    of("core.offering").write([
        {"customer": customer, "name": "云岭春 10 年陈酿", "category": "product", "quote": 39_800, "outline": "52 度浓香型，500 毫升。", "chance": "新品上市，需要招商专辑。"},
        {"customer": customer, "name": "云岭春青梅酒", "category": "product", "quote": 6_800, "outline": "12 度果露酒，面向年轻人。"},
    ])
    of("core.profile_entry").write([
        {"customer": customer, "topic": "strategy", "text": "三年内走出西南，先做华东和华中。", "as_of": day(-40), "source": "罗建国，拜访"},
        {"customer": customer, "topic": "scale", "text": "三条灌装线，年产一万二千吨。", "as_of": day(-168), "source": "走访工厂"},
    ])
    if len(mine) > 2:
        of("core.relation").write([{"customer": customer, "other": mine[1][0], "kind": "supplier", "note": "酒瓶"}, {"customer": customer, "other": mine[2][0], "kind": "agent", "note": "华东"}])


def weeks(story: Any) -> list[dt.datetime]:
    """Moments of seven weeks and of this one up to yesterday."""
    today = story.make.today
    found = []
    for back, wanted in zip(range(len(WEEKS), 0, -1), WEEKS, strict=True):
        found += [story.moment(today.weekday() + 7 * back - story.dice.randint(0, 4)) for _n in range(wanted)]
    for ago in range(1, today.weekday() + 1):
        found += [story.moment(ago) for _n in range(story.dice.randint(1, 3))]
    return found


def note(story: Any, login: str, customer: int, at: dt.datetime, words: str) -> Note:
    """A note as it was written then."""
    return Note(
        customer_id=customer, subject=CUSTOMER, subject_id=customer, body=words, mentions=[],
        created_at=min(at.astimezone(dt.UTC), clock.now()), created_by_id=story.users[login],
    )
