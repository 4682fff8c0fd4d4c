"""Samples of record pages."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from crm_core.web import cells
from crm_core.web.viewmodels import (
    Act,
    Brief,
    Change,
    Composer,
    ComposerKind,
    Crumb,
    Entry,
    Fact,
    FactGroup,
    FieldHistoryPage,
    LinesTable,
    MiniList,
    MiniPerson,
    Number,
    OldValue,
    PanelRow,
    PanelView,
    Person,
    PhoneAct,
    RecordPage,
    Status,
    Steps,
    SubFact,
    Tab,
    Timeline,
    TimelineDay,
)
from tests.browser.samples import chen, page, person, s
from tests.browser.samples_lists import few_customers, standing


def crumbs() -> tuple[Crumb, ...]:
    """The way back."""
    return Crumb(s("客户", "Customers"), "/customers"), Crumb(s("我的客户", "My customers"), "/customers?own=1")


def tabs(active: int) -> tuple[Tab, ...]:
    """Core's tabs."""
    names = [
        ("客户全景", "Overview", "", "/customer"),
        ("详细资料", "Details", "", "/details"),
        ("联系人", "Contacts", "6", "/related"),
        ("任务", "Tasks", "2", "/related"),
    ]
    return tuple(Tab(s(zh, en), url, at == active, count) for at, (zh, en, count, url) in enumerate(names))


def facts() -> tuple[FactGroup, ...]:
    """Two groups."""
    return (
        FactGroup(
            s("基本资料", "Basics"),
            (
                Fact(
                    s("统一社会信用代码", "Unified social credit code"),
                    Markup('<span class="num">91511500MA6X4K27QH</span>'),
                ),
                Fact(s("法定代表人", "Legal representative"), s("罗建国", "Luo Jianguo"), "/field_history"),
                Fact(s("企业性质", "Ownership"), s("民营", "Private")),
                Fact(s("注册资本", "Registered capital"), s("5,000 万元以上", "Over 50 million"), "/field_history"),
                Fact(s("员工人数", "Employees"), s("500–1,000 人", "500–1,000")),
                Fact(s("主营产品", "Main products"), s("浓香型白酒、果露酒", "Strong-aroma spirits, fruit liqueur")),
                Fact(
                    s("销售渠道", "Sales channels"),
                    cells.tags([s("餐饮", "Catering"), s("商超", "Retail"), s("团购", "Group")]),
                ),
                Fact(
                    s("信用等级", "Credit rating"),
                    cells.status_pill(Status("AA", "shield-check", "green")),
                    "/field_history",
                ),
                Fact(s("客户来源", "Source"), s("2024 春季糖酒会", "Spring fair 2024")),
                Fact(s("传真", "Fax"), ""),
                Fact(s("录入", "Entered by"), s("信息中心 吴佳琪", "Wu Jiaqi, information desk")),
            ),
            "/new_customer",
        ),
    )


def timeline() -> Timeline:
    """Two days."""
    me = chen().name
    return Timeline(
        (
            TimelineDay(
                s("今天", "Today"),
                (
                    Entry(
                        Markup("<b>{}</b> {}").format(me, s("写了跟进", "wrote a note")),
                        "08:47",
                        "note",
                        "acc",
                        "2026-11-23T08:47:00",
                        "2026-11-23 08:47:12",
                        body=Markup("{}<span class=mention>@{}</span> {}").format(
                            s(
                                "确认参加 2027 春季糖酒会，展位由 18 ㎡ 扩到 36 ㎡，要求主通道位置；封底广告想听 3 期以上折扣。",
                                "Takes part in the spring fair 2027, stand from 18 to 36 m², on the main aisle; wants to hear of rebates for the back cover from three issues on. ",
                            ),
                            s("王志强", "Wang Zhiqiang"),
                            s("请核对展位图", "please check the stand plan"),
                        ),
                    ),
                    Entry(
                        Markup("<b>{}</b> {}").format(
                            s("系统", "System"),
                            Markup(
                                s(
                                    '创建任务 <a class="lnk" href="/tasks">寄春糖会展位合同</a>',
                                    'made the task <a class="lnk" href="/tasks">Send the stand contract</a>',
                                )
                            ),
                        ),
                        "08:47",
                        "checkbox",
                    ),
                ),
            ),
            TimelineDay(
                s("11 月 20 日 周五", "Fri 20 Nov"),
                (
                    Entry(
                        Markup("<b>{}</b> {}").format(s("李娜", "Li Na"), s("修改了 2 个字段", "changed 2 fields")),
                        "09:31",
                        "pencil",
                        changes=(
                            Change(s("信用等级", "Credit rating"), "A", "AA"),
                            Change(s("员工人数", "Employees"), "300–500", "500–1,000"),
                        ),
                    ),
                    Entry(
                        Markup("<b>{}</b> {}").format(s("刘洋", "Liu Yang"), s("写了跟进", "wrote a note")),
                        "09:02",
                        "note",
                        "acc",
                        body="\n".join(
                            [
                                s(
                                    "第一次到厂拜访，酿造车间在扩建。",
                                    "First visit to the plant; the brewing hall is being enlarged.",
                                )
                            ]
                            * 7
                        ),
                    ),
                ),
            ),
        ),
        (
            Tab(s("全部", "All"), "/customer", True),
            Tab(s("跟进", "Notes"), "/customer?show=note"),
            Tab(s("变更", "Changes"), "/customer?show=change"),
        ),
        "/customer?before=x",
    )


def company() -> Person:
    """The square before the name."""
    return Person(s("四川云岭春酒业有限公司", "Yunlingchun Spirits Co., Sichuan"), s("云", "Y"), 1)


@page("customer", "record.html")
def customer() -> RecordPage:
    """Picture 03 with core's tabs."""
    return RecordPage(
        company().name,
        crumbs(),
        "KH-000218",
        "panorama",
        company(),
        status=standing("key"),
        marks=(Status(s("A 级", "Grade A")), Status(s("春糖会", "Spring fair")), Status(s("川酒", "Sichuan spirits"))),
        sub=(
            SubFact(s("白酒 · 生产企业", "Spirits · maker"), "building-factory-2"),
            SubFact(s("四川省宜宾市翠屏区", "Cuiping, Yibin, Sichuan"), "map-pin"),
            SubFact("0831-823 5566", "phone", "tel:08318235566"),
            SubFact("yunlingchun.example", "world", "https://yunlingchun.example"),
        ),
        acts=(
            Act(s("打电话", "Call"), "tel:08318235566", "phone"),
            Act(s("新建联系人", "New contact"), "/new_customer", "user-plus"),
        ),
        primary=Act(s("写跟进", "Write a note"), icon="pencil-plus", key="L", focus="write-note"),
        more=(
            Act(s("编辑", "Edit"), "/new_customer", "pencil"),
            Act(s("分配", "Assign"), "/bulk_form", "user-share", dialog=True),
            Act(s("打印", "Print"), "/print", "printer"),
            Act(
                s("删除", "Delete"),
                "/delete",
                "trash",
                "post",
                danger=True,
                confirm=s("删除这个客户？", "Delete this customer?"),
            ),
        ),
        steps=Steps("3 / 1,000+", "/customer?at=2", "/customer?at=4"),
        numbers=(
            Number(
                s("负责人", "Owner"),
                person=chen(),
                people=(person("李娜", "Li Na", 4), person("王志强", "Wang Zhiqiang", 2)),
            ),
            Number(s("联系人", "Contacts"), "6", s("2 位决策人", "2 decide")),
            Number(s("未完成任务", "Open tasks"), "2", s("1 项逾期", "1 overdue"), "alarm", "red", url="/related"),
            Number(s("近 90 天跟进", "Notes in 90 days"), "14", "+5", "trending-up", "green"),
            Number(s("最近联系", "Last contact"), s("今天 08:47", "Today 08:47")),
        ),
        tabs=tabs(0),
        end_tabs=(Tab(s("变更历史", "Change history"), "/changes", icon="history"),),
        groups=facts(),
        mini=MiniList(
            s("主要联系人", "Main contacts"),
            (
                MiniPerson(
                    replace(person("罗建国", "Luo Jianguo", 2), url="/customer"),
                    s("总经理 · 138 0831 2207", "General manager · 138 0831 2207"),
                    Status(s("决策人", "Decides"), colour="acc"),
                    "tel:13808312207",
                ),
                MiniPerson(
                    replace(person("何文静", "He Wenjing", 6), url="/customer"),
                    s("品牌部经理 · 139 9012 7745", "Brand manager · 139 9012 7745"),
                    call_url="tel:13990127745",
                ),
            ),
            Act(s("添加联系人", "Add a contact"), "/new_customer", "plus"),
        ),
        composer=Composer(
            (
                ComposerKind(
                    "note",
                    s("跟进", "Note"),
                    "note",
                    "/note",
                    s("写下发生了什么；@ 提醒同事", "What happened? @ tells a colleague"),
                    with_next=True,
                    key="L",
                ),
                ComposerKind(
                    "task",
                    s("任务", "Task"),
                    "checkbox",
                    "/task",
                    s("说明（选填）", "Details (optional)"),
                    task=True,
                    receiver_url="/json/people",
                    key="T",
                ),
            ),
            "/json/people",
            "/json/dates",
            "/json/draft",
        ),
        timeline=timeline(),
        side=(
            PanelView(
                s("任务", "Tasks"),
                "checkbox",
                "2",
                (
                    PanelRow(
                        s("寄春糖会展位合同", "Send the stand contract"),
                        s("今天到期", "Due today"),
                        url="/tasks",
                        sub_colour="amber",
                    ),
                    PanelRow(
                        s("回访：果露酒新品", "Call back: new liqueur"),
                        s("逾期 2 天 · 王志强", "2 days overdue · Wang Zhiqiang"),
                        url="/tasks",
                        sub_colour="red",
                    ),
                ),
                Act(s("新建任务", "New task"), "/new_customer", "plus"),
                "/related",
            ),
            PanelView(s("附近客户", "Nearby"), "map-pin", load_url="/panel"),
            PanelView(s("拜访", "Visits"), failed=True, load_url="/panel"),
        ),
        phone=(
            PhoneAct(s("电话", "Call"), "phone", "tel:08318235566"),
            PhoneAct(s("任务", "Task"), "checkbox", focus="write-task"),
            PhoneAct(s("写跟进", "Write a note"), "pencil-plus", main=True, focus="write-note"),
            PhoneAct(s("编辑", "Edit"), "pencil", "/new_customer"),
            PhoneAct(s("资料", "Details"), "list", "/details"),
        ),
    )


@page("brief", "record.html")
def brief() -> RecordPage:
    """A colleague's customer."""
    whole = customer()
    return replace(
        whole,
        number="",
        tabs=(),
        end_tabs=(),
        marks=(Status(s("王志强负责", "Held by Wang Zhiqiang"), "lock"),),
        acts=(),
        primary=None,
        more=(),
        steps=None,
        numbers=(),
        groups=(FactGroup(s("摘要", "Brief"), facts()[0].facts[5:7] + facts()[0].facts[8:9]),),
        mini=None,
        composer=None,
        timeline=None,
        side=(),
        phone=(),
        brief=Brief(
            s("由 王志强 负责。您看到的是摘要。", "Held by Wang Zhiqiang. This is the brief view."),
            person("王志强", "Wang Zhiqiang", 2),
        ),
    )


@page("details", "record.html")
def details() -> RecordPage:
    """The second tab: all facts, and addresses as lines."""
    group = facts()[0]
    return replace(
        customer(),
        body="facts",
        tabs=tabs(1),
        composer=None,
        side=(),
        mini=None,
        timeline=None,
        groups=(
            group,
            FactGroup(
                s("备注", "Remarks"),
                (
                    Fact(
                        s("简介", "Profile"),
                        cells.text_lines(
                            s(
                                "2026 年新建 3 万吨酿造车间，主推次高端系列。\n华北由经销商代理。",
                                "New brewing hall of 30,000 t in 2026; sub-premium range.\nAgents in the north.",
                            )
                        ),
                        wide=True,
                    ),
                ),
                "/new_customer",
            ),
        ),
        lines=(
            LinesTable(
                s("地址", "Addresses"),
                (s("类型", "Kind"), s("地址", "Address"), s("邮编", "Postcode")),
                (
                    (
                        s("办公", "Office"),
                        s("四川省宜宾市翠屏区酒都大道 8 号", "8 Jiudu Avenue, Cuiping, Yibin, Sichuan"),
                        "644000",
                    ),
                    (
                        s("收货", "Delivery"),
                        s("四川省宜宾市叙州区产业大道 118 号 3 号库", "Hall 3, 118 Industry Avenue, Xuzhou, Yibin"),
                        "644600",
                    ),
                ),
                (2,),
                edit_url="/new_customer",
            ),
        ),
    )


@page("related", "record.html")
def related() -> RecordPage:
    """A tab of rows."""
    return replace(
        customer(),
        body="list",
        tabs=tabs(2),
        related=replace(few_customers(), primary=Act(s("新建联系人", "New contact"), "/new_customer", "plus")),
    )


@page("changes", "record.html")
def changes() -> RecordPage:
    """The tab of changes."""
    return replace(
        customer(),
        body="history",
        tabs=tabs(9),
        end_tabs=(Tab(s("变更历史", "Change history"), "/changes", True, icon="history"),),
        composer=None,
        side=(),
    )


@page("role", "record.html")
def role() -> RecordPage:
    """A plain record: facts, lines and history."""
    return RecordPage(
        s("主管", "Supervisor"),
        (Crumb(s("角色", "Roles"), "/customers"),),
        "supervisor",
        icon="shield-check",
        status=Status(s("启用", "In use"), "circle-check", "green"),
        primary=Act(s("编辑", "Edit"), "/new_role", "pencil", key="E"),
        more=(
            Act(s("复制", "Copy"), "/new_role", "copy"),
            Act(
                s("删除", "Delete"),
                "/delete",
                "trash",
                "post",
                danger=True,
                disabled=s("还有 12 位用户属于此角色", "12 users still have this role"),
            ),
        ),
        groups=(
            FactGroup(
                s("资料", "Facts"),
                (
                    Fact(s("名称", "Name"), s("主管", "Supervisor")),
                    Fact(s("代码", "Code"), "supervisor"),
                    Fact(s("用户", "Users"), "12"),
                    Fact(
                        s("说明", "Description"),
                        s(
                            "新增、修改、按任何条件查询；在本部门内开账号、授权。",
                            "Adds and changes, searches by everything, opens accounts inside the department.",
                        ),
                        wide=True,
                    ),
                ),
            ),
        ),
        lines=(
            LinesTable(
                s("权限", "Grants"),
                (s("权限", "Permission"), s("数据范围", "Scope")),
                tuple(
                    (p, sc)
                    for p, sc in [
                        ("core.customer.read", s("全部", "all")),
                        ("core.customer.update", s("本部门及下级", "subtree")),
                        ("core.contact.*", s("本部门", "department")),
                        ("core.task.*", s("本人", "own")),
                    ]
                ),
            ),
            LinesTable(
                s("字段权限", "Field rules"), (s("字段", "Field"),), (), empty=s("没有字段限制", "No field is limited")
            ),
        ),
        timeline=replace(timeline(), filters=(), more_url=""),
    )


@page("field_history", "field_history.html")
def field_history() -> FieldHistoryPage:
    """Two old values."""
    return FieldHistoryPage(
        s("法定代表人", "Legal representative"),
        (
            OldValue(s("罗世昌", "Luo Shichang"), s("2026-09-12 改", "2026-09-12"), s("李娜", "Li Na")),
            OldValue(s("罗士昌", "Luo Shichang (misspelt)"), s("2024-03-21 改", "2024-03-21"), s("吴佳琪", "Wu Jiaqi")),
        ),
        "/customer",
    )


@page("panel", "panel.html")
def panel() -> PanelView:
    """A panel that came when it was seen."""
    return PanelView(
        s("附近客户", "Nearby"),
        "map-pin",
        "2",
        (
            PanelRow(s("宜宾云岭春商贸", "Yunlingchun Trading"), s("1.2 公里", "1.2 km"), url="/customer"),
            PanelRow(s("翠屏糖酒配送", "Cuiping Supplies"), s("3 公里", "3 km"), url="/customer"),
        ),
    )
