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

WEEKS = (5, 6, 4, 7, 6, 8, 7)  # notes a week, seven weeks back; then this week, day by day
CUSTOMER = "core.customer"
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
        "name": "四川云岭春酒业有限公司", "standing": "key", "customer_kind": "old", "region": region, "industry": firms.industries.get("A1"),
        "business_kind": "maker", "ownership": "private", "size": "medium", "source": "fair", "phone": "0831-8005566",
        "email": "office@yunling.example", "website": "www.yunling.example", "legal_representative": "罗世昌",
        "note": "浓香型白酒、果露酒。",
        "addresses": [{"purpose": "office", "region": region, "street": "酒都路 88 号"}, {"purpose": "factory", "region": region, "street": "食品工业园一路 6 号"}],
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
