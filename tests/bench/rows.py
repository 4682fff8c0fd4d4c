"""A file of customers as another system would write it, and the finished rows that the floor puts into the table."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench import data

BATCH = 2_000
HEADER = (  # noqa: SIM905
    "序号,客户名称,客户编号,主体类型,客户状态,客户来源,客户类型,负责人,部门,地区,邮编,电话,手机,传真,电子邮箱,网址,行业,企业类型,企业性质,规模,"
    "法定代表人,备注,税号,创建人,创建时间"
).split(",")
CHOSEN: dict[str, tuple[str, ...]] = {
    "kind": ("企业",), "standing": ("潜在", "客户", "重点", "流失"), "source": ("糖酒会", "客户介绍", "走访", "来电", "网站"),
    "customer_kind": ("老客户", "目标客户", "潜在", "合作伙伴"), "region": ("四川省成都市", "北京市", "贵州省遵义市", "上海市", "广东省广州市"),
    "industry": ("白酒", "葡萄酒", "制糖", "休闲食品", "批发代理", "印刷与标签"), "business_kind": ("生产企业", "贸易企业", "服务企业"),
    "ownership": ("民营", "国有", "合资"), "size": ("大型", "中型", "小型"),
}


def write_file(path: Path, rows: int, seed: int = 1) -> None:
    """A file of customers as another system would write it: 25 columns, 21 of them fields of ours; every name, number and
    mail once, about every hundredth row with a fault."""
    r = random.Random(seed)
    letters = sorted({*data.CORES_A, *data.CORES_B, *data.CORES_C})
    pick = {name: list(words) for name, words in CHOSEN.items()}
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(HEADER)
        for n in range(1, rows + 1):
            core = "".join(letters[n * seed // len(letters) ** place % len(letters)] for place in range(4))
            name = f"{r.choice(data.PLACES)}{core}{r.choice(data.TRADES)}"
            if n % 10 == 0:
                name = f"{r.choice(data.LATIN)} {seed} {n} Ltd."
            mobile = f"1{r.choice('3578')}{r.randrange(10**9):09d}"
            mail = f"info{n}@{r.choice(('example.com', 'firm.example', 'yunling.example'))}"
            c = {key: r.choice(words) for key, words in pick.items()}
            if n % 100 == 0:
                mail = "not a mail"
            out.writerow([
                n, name, f"B{seed}-{n:07d}", c["kind"], c["standing"], c["source"], c["customer_kind"], f"user{1 + n % 5}",
                f"D{1 + n % 5}", c["region"], f"{100000 + n % 800000}", f"0{r.randrange(21, 99)}-{r.randrange(20_000_000, 90_000_000)}", mobile,
                f"0{r.randrange(21, 99)}-{r.randrange(20_000_000, 90_000_000)}", mail, f"www.firm{n}.example.com", c["industry"], c["business_kind"],
                c["ownership"], c["size"], r.choice(data.FAMILY) + r.choice(data.GIVEN) + r.choice(data.GIVEN),
                f"第 {n} 行的备注，来自旧系统" if n % 3 == 0 else "", f"9151{n:014d}", "admin", "2024-05-01 08:00:00",
            ])


NAMES = (  # noqa: SIM905
    "id public_id version created_at updated_at created_by_id updated_by_id owner_id department_id kind name name_key match_key code standing customer_kind ownership "
    "business_kind size source industry_id region_id postcode phone mobile fax phone_key mobile_key fax_key email website legal_representative note "
    "completeness invalid bad_channels wish_channels wish_never wish_times wish_topics"
).split()


def finished(rows: int) -> Iterator[list[tuple[Any, ...]]]:
    """Finished rows of the whole table, in batches."""
    r = random.Random(rows)
    made = []
    for n in range(1, rows + 1):
        mobile, phone = f"1{r.choice('3578')}{r.randrange(10**9):09d}", f"0{r.randrange(21, 99)}-{r.randrange(20_000_000, 90_000_000)}"
        moment = "2024-01-01 00:00:00.000000"
        made.append({
            "id": n, "public_id": f"{r.getrandbits(128):032x}", "version": 1, "created_at": moment, "updated_at": moment, "created_by_id": 1, "updated_by_id": 1,
            "owner_id": 1 + n % 5, "department_id": 1 + n % 5, "kind": "company", "name": f"四川云岭春{n}号酒业有限公司",
            "name_key": f"si4aa chuan4bb yun2aa ling3aa {r.randrange(10**6)}"[:80], "match_key": f"云岭春{n}号酒业", "code": f"B-{n:07d}", "standing": "potential",
            "customer_kind": "old", "ownership": "private", "business_kind": "maker", "size": "small", "source": "fair", "industry_id": 1 + n % 60,
            "region_id": 1 + n % 3000, "postcode": f"{100000 + n}", "phone": phone, "mobile": mobile, "fax": phone, "phone_key": phone.replace("-", ""),
            "mobile_key": mobile, "fax_key": phone.replace("-", ""), "completeness": 70, "invalid": False, "bad_channels": "{}",
            **dict.fromkeys(("wish_channels", "wish_never", "wish_times", "wish_topics"), "[]"), "email": f"info{n}@example.com", "website": f"www.firm{n}.example.com", "legal_representative": "王伟芳",
            "note": f"第 {n} 行的备注，来自旧系统" if n % 3 == 0 else None,
        })
        if len(made) == BATCH or n == rows:
            yield [tuple(row[name] for name in NAMES) for row in made]
            made.clear()
