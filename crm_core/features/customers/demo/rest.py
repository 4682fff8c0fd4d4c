"""The other customers of the demo company: two years of entries in monthly sets, with branches, relations, needs, products, findings,
a blacklist and what was said. Set by set, for there are thousands."""

import datetime as dt
import random
import re
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.ids import reserve_ids
from crm_core.data.session import acting_as, session, system_scope
from crm_core.features.customers import blacklist, notelines
from crm_core.features.customers.demo import text
from crm_core.features.customers.demo.firms import Firms
from crm_core.features.customers.models import Contact, Customer, Note, Severity
from crm_core.kernel import actors, clock
from crm_core.kernel.site import site
from crm_core.resource import rows as statements
from crm_core.resource import search
from crm_core.text import credit

SET = 90  # firms entered at once: sets of this size are found by search at once
DAYS = 730
_SHORT = re.compile("(?:股份|集团|连锁)?有限(?:责任)?公司$")
NEEDS = (("publish", "发布新品信息"), ("media", "全年媒体广告方案"), ("fair", "春糖会 36 ㎡ 特装展位"), ("fair", "秋糖会标准展位"), ("journal", "半月刊 20 份"))
FINDINGS = (
    ("strategy", "三年内由区域品牌走向全国，先做华东。"), ("strengths", "自有基酒产能，品质稳定。"), ("market", "本省份额约三成，省外刚起步。"),
    ("scale", "两条灌装线，年产八千吨。"), ("research", "设省级企业技术中心。"), ("bottlenecks", "缺少全国性经销网络。"), ("satisfaction", "对期刊投放效果满意，希望加强线上。"),
)
BLACK = (("三次逾期付款，最后一次拒付。", "合同及催款函已存档。"), ("虚假广告，被主管部门处罚。", "处罚决定书。"), ("参展后拒付展位尾款。", "展会部催收记录。"))


class Rest:
    """Fills up to the wanted number of customers."""

    def __init__(self, make: Any, sellers: dict[str, int], chief: str) -> None:
        self.make, self.dice = make, random.Random(make.dice.random())
        self.sellers, self.chief = sellers, chief
        registry = site().registry
        self.of = {name: registry.resource(f"core.{name}") for name in ("customer", "contact", "need", "offering", "profile_entry", "relation", "note")}
        self.firms = Firms(self.dice, long_brands=True)
        self.names: dict[int, str] = {}
        users = make.made["users"]
        homes = {r.id: r.department_id for r in session.execute(sa.select(User.id, User.department_id))}
        self.homes = {login: (users[login], homes[users[login]]) for login in sellers}

    def fill(self, wanted: int, used: set[str]) -> list[int]:
        """Enter `wanted` customers and what hangs on them; their ids."""
        self.firms.used |= used
        made: list[int] = []
        sizes = [min(SET, wanted - start) for start in range(0, wanted, SET)]
        chief = actors.load(site(), self.make.made["users"][self.chief])
        for number, size in enumerate(sizes):
            ago = DAYS - round(number * (DAYS - 10) / max(1, len(sizes)))
            with clock.freeze(self._at(ago)), acting_as(chief), system_scope("the demo's customers are whoever's the story says"):
                made += self._enter(size, made)
        with acting_as(chief), system_scope("the demo's customers are whoever's the story says"):
            with clock.freeze(self._at(45)):
                self._beside(made)
            self._said(made)
        return made

    def _at(self, ago: int) -> dt.datetime:
        return clock.instant(self.make.day(-ago), dt.time(10))

    def _enter(self, size: int, before: list[int]) -> list[int]:
        rows = []
        for _n in range(size):
            owner, department = self.homes[self.dice.choices(list(self.sellers), list(self.sellers.values()))[0]]
            row = {**self.firms.firm(), **self._facts(), "owner": owner, "department": department}
            if before and self.dice.random() < 0.08:  # a branch of a firm entered before
                row.update(self._branch(self.dice.choice(before[:400]), row))
            rows.append(row)
        ids = self.of["customer"].write(rows)
        self.names.update(zip(ids, (r["name"] for r in rows), strict=True))
        people = [p for i, r in zip(ids, rows, strict=True) for p in self.firms.people(i, r["email"].partition("@")[2])]
        for part in _parts(people):
            self.of["contact"].write(part)
        return list(ids)

    def _branch(self, parent: int, row: dict[str, Any]) -> dict[str, Any]:
        """What a branch has of its head office: name and trade; it lies in another city."""
        head = session.get_one(Customer, parent)
        place = self.dice.choice(text.CITIES)
        region = self.firms.regions.get(place[0])
        short = _SHORT.sub("", head.name)
        return {
            "parent": parent, "name": f"{short}{place[1]}分公司", "legal_representative": None, "industry": head.industry_id, "business_kind": head.business_kind,
            "region": region.id if region is not None else None, "latitude": None, "longitude": None, **self.firms.spot(place[0]), "phone": self.firms.phone(region.dialling_code if region is not None else None),
            "addresses": [{**line, "region": region.id if region is not None else None, "postcode": place[3]} for line in row["addresses"][:1]],
        }

    def _facts(self) -> dict[str, Any]:
        """What is known of some firms and not of others."""
        dice = self.dice
        found: dict[str, Any] = {}
        if dice.random() < 0.5:
            code = f"91{dice.choice(('510500', '520300', '330600', '370600', '450100'))}MA{''.join(dice.choices('0123456789ABCDEFGH', k=7))}"
            found["credit_code"] = code + credit.check_sign(code)
        if dice.random() < 0.4:
            found["founded_on"] = dt.date(dice.randint(1952, 2022), dice.randint(1, 12), dice.randint(1, 28))
        if dice.random() < 0.5:
            found.update(capital_band=dice.choice(("b1", "b2", "b3", "b4", "b5")), headcount_band=dice.choice(("h1", "h2", "h3", "h4", "h5")))
        if dice.random() < 0.3:
            found.update(credit=dice.choice(("good", "good", "fair", "poor")), trade_position=dice.choice(("leader", "imitator", "newcomer")))
        if dice.random() < 0.2:
            found.update(general_manager=self.firms.name()[0], publicity_head=self.firms.name()[0])
        if dice.random() < 0.1:
            found.update(wish_channels=["wechat", "phone"], wish_never=["fax"], wish_topics=["events", "news"])
        return found

    def _beside(self, ids: Sequence[int]) -> None:
        """Needs, products, findings, relations, the blacklist."""
        dice, day = self.dice, self.make.day
        needs = []
        for customer in dice.sample(list(ids), len(ids) // 5):
            kind, wanted = dice.choice(NEEDS)
            begin = dice.randint(-400, 20)
            needs.append({"customer": customer, "kind": kind, "wanted": wanted, "valid_from": day(begin), "valid_until": day(begin + dice.randint(30, 240))})
        products = [
            {"customer": c, "name": name, "category": "product", "quote": dice.randint(30, 900) * 100, "outline": None}
            for c in dice.sample(list(ids), len(ids) // 8) for name in (f"{self.names[c][2:4]}{dice.choice(('珍藏', '陈酿', '原浆', '经典', '青春版'))}",)
        ]
        findings = [
            {"customer": c, "topic": topic, "text": words, "as_of": day(-dice.randint(50, 500)), "source": dice.choice(("拜访", "年报", "行业协会", "展会交流"))}
            for c in dice.sample(list(ids), len(ids) // 25) for topic, words in dice.sample(FINDINGS, 2)
        ]
        relations: dict[tuple[int, int], dict[str, Any]] = {}
        for _n in range(len(ids) // 15):
            one, other = dice.sample(list(ids), 2)
            relations[one, other] = {"customer": one, "other": other, "kind": dice.choice(("supplier", "agent", "partner", "competitor", "referrer"))}
        for name, rows in (("need", needs), ("offering", products), ("profile_entry", findings), ("relation", list(relations.values()))):
            for part in _parts(rows):
                self.of[name].write(part)
        for row in session.scalars(sa.select(Customer).where(Customer.id.in_(dice.sample(list(ids), min(12, len(ids) // 50))))):
            reason, evidence = dice.choice(BLACK)
            with clock.freeze(self._at(dice.randint(10, 300))):
                blacklist.put(row, dice.choice((Severity.warn, Severity.refuse)), reason, evidence, day(dice.choice((90, 365, 720))))

    def _said(self, ids: Sequence[int]) -> None:
        """Notes of two years on half of them, in one go: rows, lines on time lines, search."""
        people: dict[int, str] = {r.customer_id: r.name for r in session.execute(sa.select(Contact.customer_id, Contact.name).order_by(Contact.id.desc()))}
        customers = {r.id: r for r in session.execute(sa.select(
            Customer.id, Customer.owner_id, Customer.department_id, Customer.team_id, Customer.created_at).where(bulk.among(Customer.id, ids)))}
        made, table = [], table_of(Note)
        now = dt.datetime.combine(self.make.day(-1), dt.time(9), tzinfo=dt.UTC)
        for customer in self.dice.sample(list(ids), len(ids) // 2):
            row = customers[customer]
            for _n in range(self.dice.randint(1, 4)):
                at = row.created_at + (now - row.created_at) * self.dice.random()
                words = self.dice.choice(text.NOTES).format(who=people.get(customer, "对方"), company=self.names[customer])
                made.append({
                    "customer_id": customer, "subject": "core.customer", "subject_id": customer, "kind": text.kind_of(words),
                    "happened_at": at, "body": words, "mentions": [], "created_at": at,
                    "updated_at": at, "created_by_id": row.owner_id, "updated_by_id": row.owner_id, "owner_id": row.owner_id,
                    "department_id": row.department_id, "team_id": row.team_id,
                })
        made.sort(key=lambda one: one["created_at"])
        for part in _parts(made, 1_000):
            keys = reserve_ids(table, len(part))
            statements.complete(table, part)
            for one, key in zip(part, keys, strict=True):
                one["id"] = key
            bulk.insert(table, part)
            notelines.written("create", list(keys))
            search.index(self.of["note"], list(keys))


def _parts(rows: Sequence[Any], size: int = SET) -> Iterator[Any]:
    for start in range(0, len(rows), size):
        yield list(rows[start : start + size])
