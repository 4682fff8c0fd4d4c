"""JSON answers of the gallery, in the shapes of the templates' README."""

from __future__ import annotations

from typing import Any

from tests.browser.samples import s

PEOPLE = [
    ("陈晓燕", "Chen Xiaoyan", "cxy"),
    ("王志强", "Wang Zhiqiang", "wzq"),
    ("李娜", "Li Na", "ln"),
    ("周婷", "Zhou Ting", "zt"),
]
REGIONS = {
    ("45", "广西壮族自治区", "guangxi gx"): {
        ("4514", "崇左市", "chongzuo cz", "0771", "532200"): [("451402", "江州区", "jiangzhou jz"), ("451424", "大新县", "daxin dx"), ("451421", "扶绥县", "fusui fs")],
        ("4503", "桂林市", "guilin gl", "0773", "541000"): [("450302", "秀峰区", "xiufeng xf")],
    },
    ("32", "江苏省", "jiangsu js"): {
        ("3204", "常州市", "changzhou cz", "0519", "213000"): [("320402", "天宁区", "tianning tn")],
        ("3208", "淮安市", "huaian ha", "0517", "223000"): [],
    },
    ("51", "四川省", "sichuan sc"): {("5115", "宜宾市", "yibin yb", "0831", "644000"): [("511502", "翠屏区", "cuiping cp")]},
}  # fmt: skip


def people(q: str) -> dict[str, Any]:
    """Colleagues by name or initials."""
    found = [
        {
            "value": f"u{at}",
            "label": s(zh, en),
            "sub": s("营销中心", "Marketing"),
            "avatar": {"text": zh[-1], "colour": at},
        }
        for at, (zh, en, keys) in enumerate(PEOPLE, 1)
        if q.lower() in f"{zh} {en} {keys}".lower()
    ]
    return {"hits": found, "more": False}


def regions(_q: str) -> list[dict[str, Any]]:
    """Three provinces."""
    return [
        {
            "code": code,
            "name": name,
            "keys": keys,
            "children": [
                {
                    "code": city[0],
                    "name": city[1],
                    "keys": city[2],
                    "dial": city[3],
                    "post": city[4],
                    "children": [{"code": d[0], "name": d[1], "keys": d[2]} for d in districts],
                }
                for city, districts in cities.items()
            ],
        }
        for (code, name, keys), cities in REGIONS.items()
    ]


def dates(q: str) -> dict[str, str] | None:
    """Knows one phrase."""
    if q in ("下周三", "next Wed", "2026-11-25"):
        return {"value": "2026-11-25", "label": s("11 月 25 日 周三", "Wed 25 Nov")}
    return None


def draft(_q: str) -> dict[str, str]:
    """Kept."""
    return {"saved": "09:12"}


def count(_q: str) -> dict[str, str]:
    """The exact number."""
    return {"text": "1,284,301"}


def job(_q: str) -> dict[str, Any]:
    """A running job."""
    return {
        "state": "running",
        "done": 900,
        "total": 1244,
        "text": s("72% · 约 15 秒后完成", "72% · about 15 seconds left"),
        "told": s("72% · 约 15 秒后完成", "72% · about 15 seconds left"),
        "counts": {"new": 740, "updated": 130, "doubtful": 30, "refused": 24},
    }


def palette(q: str) -> dict[str, Any]:
    """Hits for initials."""
    if q == "zzz":
        return {"query": q, "groups": []}
    key = {"label": s("重点", "Key"), "icon": "star-f", "colour": "amber"}
    potential = {"label": s("潜在", "Potential"), "icon": "circle-dashed", "colour": ""}
    return {
        "query": q,
        "groups": [
            {
                "label": s("客户", "Customers"),
                "hits": [
                    {
                        "label": s("四川云岭春酒业有限公司", "Yunlingchun Spirits Co., Sichuan"),
                        "sub": s("白酒 · 四川宜宾 · 陈晓燕", "Spirits · Yibin · Chen Xiaoyan"),
                        "url": "/customer",
                        "icon": "building",
                        "marks": [[2, 5]],
                        "status": key,
                    },
                    {
                        "label": s("伊犁川源食品有限公司", "Yilichuan Foods"),
                        "sub": s("制糖 · 新疆伊犁", "Sugar · Ili"),
                        "url": "/customer",
                        "icon": "building",
                        "marks": [[0, 3]],
                        "status": potential,
                    },
                ],
            },
            {
                "label": s("联系人", "Contacts"),
                "hits": [
                    {
                        "label": s("杨立成", "Yang Licheng"),
                        "sub": s("采购经理 · 重庆两江精酿啤酒有限公司", "Buyer · Liangjiang Craft Beer"),
                        "url": "/customer",
                        "icon": "user",
                        "marks": [[0, 3]],
                        "hint": "135 9402 6618",
                    }
                ],
            },
            {
                "label": s("菜单", "Menus"),
                "hits": [{"label": s("新建客户", "New customer"), "url": "/new_customer", "icon": "plus", "key": "N"}],
            },
        ],
    }
