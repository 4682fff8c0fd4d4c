"""Sample models of every template, in the language of the moment: invented companies, people and figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_core.kernel.i18n import language
from crm_core.web.viewmodels import (
    Act,
    ErrorPage,
    Frame,
    Language,
    MenuEntry,
    MenuGroup,
    Person,
    Shell,
    SignInPage,
    Toast,
)

PAGES: dict[str, tuple[str, Callable[[], Any], bool]] = {}


def page(name: str, template: str, inside: bool = True) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Make a function the sample ``name`` of a template."""

    def keep(build: Callable[[], Any]) -> Callable[[], Any]:
        PAGES[name] = (template, build, inside)
        return build

    return keep


def make(name: str) -> tuple[str, Any, bool]:
    """Template, model and whether the frame stands around it."""
    template, build, inside = PAGES[name]
    return template, build(), inside


def s(zh: str, en: str) -> str:
    """Sample words in the language of the moment."""
    return zh if language().startswith("zh") else en


def person(zh: str, en: str, colour: int, url: str = "") -> Person:
    """A colleague."""
    name = s(zh, en)
    return Person(name, zh[-1] if name == zh else "".join(part[0] for part in en.split()[:2]), colour, url)


def chen() -> Person:
    """The person who looks at everything here."""
    return person("陈晓燕", "Chen Xiaoyan", 1)


def languages() -> tuple[Language, ...]:
    """Both."""
    zh = language().startswith("zh")
    return Language("zh_Hans_CN", "zh-CN", "简体中文", zh), Language("en", "en", "English", not zh)


def shell(lang: str, theme: str) -> Shell:
    """Outside."""
    return Shell(
        lang=lang,
        site_name=s("七巧板", "Tangram CRM"),
        csrf_token="t0ken",
        languages=languages(),
        theme=theme if theme in ("light", "dark") else "",  # type: ignore[arg-type]
        preferences_url="/preferences",
        home_url="/home",
        version="1.0.0",
    )


def frame(lang: str, theme: str, name: str, toasts: tuple[Toast, ...] = ()) -> Frame:
    """Inside, with the entry of this sample active."""
    here = {"customers": "customers", "customer": "customers", "new_customer": "customers"}.get(name, name)

    def entry(code: str, zh: str, en: str, icon: str, count: str = "", unread: bool = False, go: str = "") -> MenuEntry:
        return MenuEntry(s(zh, en), f"/{code}", icon, count, unread, code == here, go)

    base = shell(lang, theme)
    return Frame(
        **{field: getattr(base, field) for field in Shell.__dataclass_fields__ if field != "toasts"},
        toasts=toasts,
        person=chen(),
        department=s("营销中心", "Marketing centre"),
        role=s("主管", "Supervisor"),
        module=s("客户", "Customers"),
        menu=(
            MenuGroup(
                "mine",
                "",
                (
                    entry("home", "首页", "Home", "home", go="H"),
                    entry("tasks", "任务", "Tasks", "checkbox", "7", go="T"),
                    entry("notices", "消息", "Messages", "mail", "3", True),
                ),
            ),
            MenuGroup(
                "customers",
                s("客户", "Customers"),
                (
                    entry("customers", "客户", "Customers", "building", go="C"),
                    entry("contacts", "联系人", "Contacts", "address-book"),
                ),
            ),
            MenuGroup(
                "company",
                s("公司", "Company"),
                (
                    entry("users", "用户", "Users", "users"),
                    entry("departments", "部门", "Departments", "sitemap"),
                    entry("role", "角色", "Roles", "shield-check"),
                ),
            ),
        ),
        foot_menu=(entry("jobs", "设置", "Settings", "settings"),),
        create=(
            Act(s("客户", "Customer"), "/new_customer", "building", key="C"),
            Act(s("联系人", "Contact"), "/new_customer", "address-book"),
            Act(s("任务", "Task"), "/new_customer", "checkbox"),
        ),
        person_menu=(
            Act(s("修改密码", "Change password"), "/password", "key"),
            Act(s("回收站", "Recycle bin"), "/recycle", "trash"),
            Act(s("我的作业", "My jobs"), "/jobs", "clock"),
        ),
        sign_out_url="/sign-out",
        tasks_url="/tasks",
        tasks_count=7,
        notices_url="/notices",
        notices_count=3,
        bell_url="/bell",
        palette_url="/json/palette",
        help_url="/help",
        server_time="2026-11-23 09:12",
    )


@page("sign_in", "sign_in.html", inside=False)
def sign_in() -> SignInPage:
    return SignInPage(
        "/sign-in",
        company=s("糖酒纵横传媒 · 客户中心", "Sweet & Spirits Media · Customer centre"),
        name="chenxy",
        error=s("账号或密码不对，还可以试 4 次", "Account or password is wrong; 4 tries left"),
        reset_url="/reset_request",
        contact=s("需要账号请联系 信息中心 赵敏", "For an account ask Zhao Min, information desk"),
    )


@page("error", "error.html")
def error() -> ErrorPage:
    return ErrorPage(
        s("这一页没能打开", "This page did not open"),
        s(
            "客户列表在读取时出了问题，管理员已收到通知。",
            "Reading the customers failed; the administrator has been told.",
        ),
        safe=s("刚才填写的“跟进”已存为草稿，没有丢失。", "What you wrote was kept as a draft. Nothing was lost."),
        todo=s("过一会儿重试；其他菜单照常可用。", "Try again in a while; the other menus work as usual."),
        ask=s("把这个编号告诉信息中心 赵敏：", "Tell Zhao Min of the information desk this number:"),
        number="E-7K3Q-0912",
        retry_url="/error",
    )


@page("outer_error", "error.html", inside=False)
def outer_error() -> ErrorPage:
    return error()


@page("not_found", "not_found.html")
def not_found() -> ErrorPage:
    return ErrorPage(
        s("没有找到这条记录", "This record was not found"),
        s("它可能已被删除，或者地址有误。", "It may have been deleted, or the address is wrong."),
        icon="file-search",
        colour="",
        back_url="/customers",
    )


@page("denied", "denied.html")
def denied() -> ErrorPage:
    return ErrorPage(
        s("您不能导出客户", "You may not export customers"),
        s(
            "可以查看和打印，但导出需要另外授权。没有数据被导出。",
            "You may read and print them; exporting needs a right of its own.",
        ),
        icon="lock",
        colour="",
        back_url="/customers",
    )
