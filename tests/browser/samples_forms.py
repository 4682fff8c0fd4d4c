"""Samples of forms and of two versions."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from crm_core.web.viewmodels import (
    Act,
    Choice,
    ConflictField,
    ConflictPage,
    Crumb,
    Draft,
    ErrorLink,
    FormField,
    FormPage,
    LineRow,
    LinesEditor,
    MergedField,
    Picked,
    Section,
)
from tests.browser.samples import chen, page, person, s


def choices(*names: tuple[str, str], chosen: int = -1) -> tuple[Choice, ...]:
    """Options."""
    return tuple(Choice(f"v{at}", s(*name), at == chosen) for at, name in enumerate(names))


def address_row(key: str, at: int | None = None) -> LineRow:
    """An address."""
    known = at is not None
    return LineRow(
        key,
        (
            FormField(
                f"{key}-kind",
                s("类型", "Kind"),
                "choice",
                required=True,
                choices=choices(("办公", "Office"), ("收货", "Delivery"), ("开票", "Billing"), chosen=at or 0),
            ),
            FormField(f"{key}-post", s("邮编", "Postcode"), value="644000" if known else "", inputmode="numeric"),
            FormField(
                f"{key}-street",
                s("详细地址", "Street"),
                value=s("酒都大道 8 号", "8 Jiudu Avenue") if known else "",
                wide=True,
            ),
        ),
        f"a{at}" if known else "",
    )


@page("new_customer", "form.html")
def new_customer() -> FormPage:
    """Picture 04 without the duplicate box."""
    return FormPage(
        s("新建客户", "New customer"),
        "/save?then=customer",
        "/customers",
        (
            Section(
                "basic",
                s("基本资料", "Basics"),
                (
                    FormField(
                        "name",
                        s("客户名称", "Customer name"),
                        required=True,
                        corner=s("与营业执照一致", "As on the licence"),
                        wide=True,
                        value=s("广西甘源糖业", "Ganyuan Sugar"),
                        autofocus=True,
                        maxlength=200,
                    ),
                    FormField(
                        "standing",
                        s("客户状态", "Standing"),
                        "choice",
                        required=True,
                        choices=choices(("潜在", "Potential"), ("客户", "Customer"), ("重点", "Key"), chosen=0),
                    ),
                    FormField(
                        "source",
                        s("客户来源", "Source"),
                        "choice",
                        required=True,
                        choices=choices(("2026 秋季糖酒会", "Autumn fair 2026"), ("转介绍", "Referral"), chosen=0),
                    ),
                    FormField(
                        "code",
                        s("统一社会信用代码", "Unified social credit code"),
                        placeholder=s("18 位", "18 characters"),
                        maxlength=18,
                    ),
                    FormField(
                        "owner",
                        s("负责人", "Owner"),
                        "reference",
                        lookup_url="/json/people",
                        picked=(Picked("u1", chen().name, chen()),),
                    ),
                    FormField(
                        "channels",
                        s("销售渠道", "Sales channels"),
                        "choices",
                        choices=choices(
                            ("餐饮", "Catering"),
                            ("商超", "Retail"),
                            ("团购", "Group purchase"),
                            ("夜场", "Night clubs"),
                            chosen=1,
                        ),
                        wide=True,
                    ),
                ),
            ),
            Section(
                "place",
                s("地址与电话", "Address and phone"),
                (
                    FormField(
                        "region",
                        s("地区", "Region"),
                        "region",
                        required=True,
                        corner=s("可输入拼音，如 cz", "Pinyin works, e.g. cz"),
                        wide=True,
                        lookup_url="/json/regions",
                    ),
                    FormField("phone", s("电话", "Phone"), "phone"),
                    FormField("mail", s("电子邮箱", "E-mail"), "email"),
                ),
                (
                    LinesEditor(
                        "addresses",
                        s("地址", "Addresses"),
                        (address_row("addresses-0", 0),),
                        address_row("addresses-__n__"),
                        s("添加地址", "Add an address"),
                        s("地址", "Address"),
                    ),
                ),
            ),
            Section(
                "more",
                s("扩展资料", "More"),
                (
                    FormField(
                        "founded",
                        s("成立日期", "Founded"),
                        "date",
                        dates_url="/json/dates",
                        placeholder=s("2010-05-01，或“去年 5 月”", "2010-05-01"),
                    ),
                    FormField("capital", s("注册资本", "Registered capital"), "money", unit=s("万元", "10k CNY")),
                    FormField(
                        "tags",
                        s("标签", "Tags"),
                        "references",
                        lookup_url="/json/people",
                        picked=(Picked("t1", s("春糖会", "Spring fair")), Picked("t2", s("川酒", "Sichuan"))),
                    ),
                    FormField("key", s("重点客户", "Key customer"), "tick"),
                    FormField(
                        "profile",
                        s("客户简介", "Profile"),
                        "textarea",
                        wide=True,
                        hint=s("写给同事看，不会外发", "For colleagues; never sent out"),
                    ),
                ),
                optional=True,
            ),
        ),
        crumbs=(Crumb(s("客户", "Customers"), "/customers"),),
        hidden=(("_version", "1"),),
        save_new=True,
        draft=Draft("/json/draft"),
    )


@page("bad_customer", "form.html")
def bad_customer() -> FormPage:
    """The same, refused."""
    whole = new_customer()
    basic = whole.sections[0]
    fields = list(basic.fields)
    fields[0] = replace(
        fields[0], value="", error=s("请填写客户名称。", "Please give the customer a name."), autofocus=False
    )
    fields[3] = replace(
        fields[3], value="91370200MA3C9", error=s("只有 13 位，应为 18 位。", "Only 13 characters, 18 are expected.")
    )
    return replace(
        whole,
        sections=(replace(basic, fields=tuple(fields), errors=2), *whole.sections[1:]),
        errors=(
            ErrorLink("name", fields[0].label, fields[0].error),
            ErrorLink("code", fields[3].label, fields[3].error),
        ),
        draft=Draft(
            "/json/draft",
            s("草稿已保存 09:12", "Draft saved 09:12"),
            True,
            Act(s("丢弃草稿", "Discard draft"), "/discard"),
        ),
    )


@page("new_role", "form.html")
def new_role() -> FormPage:
    """A form whose lines are a table: a role's grants."""

    def grant(key: str, at: int = 0, row_id: str = "") -> LineRow:
        return LineRow(
            key,
            (
                FormField(
                    f"{key}-permission",
                    s("权限", "Permission"),
                    value=["core.customer.read", "core.contact.*"][at] if row_id else "",
                    required=True,
                ),
                FormField(
                    f"{key}-scope",
                    s("数据范围", "Scope"),
                    "choice",
                    required=True,
                    choices=choices(("本人", "own"), ("本部门", "department"), ("全部", "all"), chosen=at + 1),
                ),
            ),
            row_id,
        )

    return FormPage(
        s("编辑角色", "Edit the role"),
        "/save?then=role",
        "/role",
        (
            Section(
                "facts",
                s("资料", "Facts"),
                (
                    FormField("name", s("名称", "Name"), required=True, value=s("主管", "Supervisor")),
                    FormField("code", s("代码", "Code"), "static", value="supervisor"),
                ),
            ),
            Section(
                "grants",
                s("权限", "Grants"),
                lines=(
                    LinesEditor(
                        "grants",
                        s("权限", "Grants"),
                        (grant("grants-0", 0, "g1"), grant("grants-1", 1, "g2")),
                        grant("grants-__n__"),
                        s("添加权限", "Add a grant"),
                        s("权限", "Grant"),
                        table=True,
                    ),
                ),
            ),
        ),
        crumbs=(Crumb(s("角色", "Roles"), "/customers"), Crumb(s("主管", "Supervisor"), "/role")),
    )


@page("conflict", "conflict.html")
def conflict() -> ConflictPage:
    """Picture 08."""
    li = person("李娜", "Li Na", 4)
    return ConflictPage(
        s("两份修改", "Two versions"),
        (
            Crumb(s("客户", "Customers"), "/customers"),
            Crumb(s("四川云岭春酒业有限公司", "Yunlingchun Spirits Co., Sichuan"), "/customer"),
        ),
        chen(),
        li,
        s("未保存 · 09:12", "not saved · 09:12"),
        s("已保存 · 09:09", "saved · 09:09"),
        s("您编辑期间，李娜保存了这个客户", "While you were editing, Li Na saved this customer"),
        s(
            "两份修改都完整保留，还没有覆盖任何一方。下面 3 项改得不一样，请选择要留下的内容。",
            "Both are kept in full and neither has been overwritten. 3 fields differ; choose what to keep.",
        ),
        (
            ConflictField("credit", s("信用等级", "Credit rating"), "AA", "A+", "A"),
            ConflictField(
                "phone",
                s("办公电话", "Office phone"),
                Markup("0831-823 5<mark>5</mark>66"),
                Markup("0831-823 5<mark>6</mark>66"),
                "0831-823 5500",
                pick=("theirs",),
            ),
            ConflictField(
                "profile",
                s("客户简介", "Profile"),
                Markup(
                    s(
                        "2026 年新建 <mark>3 万吨</mark>酿造车间，主推次高端系列。",
                        "New brewing hall of <mark>30,000 t</mark> in 2026; sub-premium range.",
                    )
                ),
                Markup(
                    s(
                        "2026 年起在<mark>成都设营销公司</mark>，主推次高端系列。",
                        "A <mark>sales company in Chengdu</mark> from 2026; sub-premium range.",
                    )
                ),
                s("主推次高端系列。", "Sub-premium range."),
                True,
                ("mine", "theirs"),
            ),
        ),
        (
            MergedField(s("员工人数", "Employees"), "300–500", "500–1,000", li),
            MergedField(s("邮政编码", "Postcode"), "644000", "644002", li),
            MergedField(s("销售渠道", "Sales channels"), "", s("增加“团购”", "“Group purchase” added"), chen()),
        ),
        "/save?then=customer",
        edit_url="/new_customer",
        keep_url="/keep",
    )
