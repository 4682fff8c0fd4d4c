"""Through the browser: an appointment that repeats; a mail to many with a real SMTP server; a channel that is set up, tried, and chosen for one's
notices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from crm_core.data.session import writing
from crm_core.features.channels import telling
from crm_core.features.messages.api import notify
from crm_core.kernel import clock, jobs
from crm_core.resource import worktime
from tests.browser.demo import Demo
from tests.browser.hand import act, whole
from tests.channels.services import Service, listening
from tests.mail.conftest import LOGIN, PASSWORD, Sink, sink, smtp_server
from tests.support.browser import DESKTOP, PHONE, Visitor

FIXTURES = sink, smtp_server
BOTH = pytest.mark.parametrize(("language", "size", "theme"), [("zh_Hans_CN", DESKTOP, "light"), ("en", PHONE, "dark")])


@BOTH
def test_an_appointment_repeats_and_is_moved_with_its_series(visitor: Visitor, demo: Demo, language: str, size: tuple[int, int], theme: str) -> None:
    with demo.site.system("tests"):
        day = worktime.shift(dt.date.today(), 12)
    page = demo.open(visitor, f"/core/appointment/new?begins={day} 10:00&ends={day} 11:00", who="wangzhiqiang", language=language, size=size, theme=theme)
    page.locator("[name=title]").fill("晨会")
    expect(page.locator("[data-field=reach]")).to_be_hidden()
    page.locator("[name=room__text]").click()
    expect(page.locator("[role=option]:visible small").first).to_be_visible()  # which are free then
    page.locator("[name=title]").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/new" not in url)
    first = page.url.partition("?")[0]
    act(page, "repeat", count="3")
    expect(page.locator("#main")).to_contain_text("共 3 次" if language != "en" else "3 times in all")
    whole(page, f"series-{language}")
    page.goto(f"{first}/edit")
    page.locator("[name=begins]").fill(f"{day} 15:00")
    page.locator("[name=ends]").fill(f"{day} 16:00")
    page.locator("[name=reach]").select_option("all")
    whole(page, f"series-form-{language}")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/edit" not in url)
    for n in range(3):
        demo.go(page, f"/calendar?span=day&day={day + n * dt.timedelta(days=7)}")
        expect(page.locator(".planner .cent", has_text="15:00–16:00").filter(has_text="晨会")).to_have_count(1)
    page.goto(first)
    act(page, "end_series")
    dialog = page.locator("dialog[open]")
    dialog.locator("select[name=reach]").select_option("all")
    dialog.locator(".btn-danger, .btn-primary").click()
    expect(dialog).to_have_count(0)
    assert demo.one("SELECT count(*) FROM core_appointment WHERE title = '晨会' AND deleted_at IS NULL") == 0


def test_a_mail_to_many_is_written_tried_and_sent(visitor: Visitor, demo: Demo, sink: Sink) -> None:
    page = demo.open(visitor, "/core/mail_account/new", language="zh_Hans_CN")
    for name, value in {"name": "陈晓燕", "address": "chen@example.com", "login": LOGIN.decode(), "password": PASSWORD.decode(), "smtp_host": "127.0.0.1", "smtp_port": str(sink.port)}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=smtp_security]").select_option("none")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/new" not in url)
    account = demo.one("SELECT max(id) FROM core_mail_account")
    meant = demo.one("SELECT count(DISTINCT lower(email)) FROM core_customer WHERE deleted_at IS NULL AND email IS NOT NULL")
    demo.go(page, f"/core/mailing/new?account={account}&wanted=/core/customer?email.filled=1")
    page.locator("[name=name]").fill("春季展会")
    page.locator("[name=title]").fill("请光临，{{ 名称 }}")
    page.locator("[name=text]").fill("{{ 名称 }}：\n诚邀光临。")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/new" not in url)
    expect(page.locator(".mail-letter")).to_contain_text("诚邀光临")
    whole(page, "mailing")
    page.locator('form[action$="/do/start"] button:visible').first.click()
    page.locator("dialog[open]").locator(".btn-primary, .btn-danger").click()
    expect(page.locator("#toasts, .toasts").first).to_contain_text("发送")
    expect(page.locator("#toasts form[action*='/undo/'], .toast form[action*='/undo/']")).to_have_count(0)
    demo.work()
    demo.go(page, page.url.removeprefix(demo.address).partition("?")[0])
    expect(page.locator("#main")).to_contain_text("已完成")
    assert 0 < len(sink.mails) <= meant
    whole(page, "mailing-done")
    demo.sql("UPDATE core_mail_account SET deleted_at = created_at WHERE id = :n", n=account)


@pytest.fixture
def robot() -> Iterator[Service]:
    """A group's robot."""
    with listening() as found:
        yield found


def test_a_channel_is_set_up_tried_and_chosen_for_ones_notices(visitor: Visitor, demo: Demo, robot: Service) -> None:
    page = demo.open(visitor, "/core/channel/new", who="admin", language="en")
    page.locator("[name=name]").fill("Our group")
    page.locator("[name=kind]").select_option("core.wecom")
    page.locator("[name=url]").fill(robot.url("/wecom?key=abc"))
    page.locator("[name=for_people]").check()
    whole(page, "channel")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/new" not in url)
    act(page, "send", text="Hello there")
    demo.settle()
    assert robot.heard == ["Hello there"]

    page = demo.open(visitor, "/me/notices", who="lina", language="zh_Hans_CN", size=PHONE)
    page.locator("[name=channel]").select_option(label="Our group")
    page.locator("[name=quiet_from]").fill("22:00")
    page.locator("[name=quiet_until]").fill("22:01")
    whole(page, "notices")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts, .toasts").first).to_contain_text("已保存")
    lina = demo.one("SELECT id FROM core_user WHERE login = 'lina'")
    noon = dt.datetime.now(dt.UTC).replace(hour=4, minute=0)  # in Shanghai: no quiet hour
    with demo.site.system("tests"), clock.freeze(noon):
        demo.sql("UPDATE core_notice SET read_at = at WHERE receiver_id = :n AND read_at IS NULL", n=lina)
        with writing():
            notify([lina], "明早开会", source="七巧板")
    with clock.freeze(noon + dt.timedelta(minutes=5)):
        with demo.site.system("tests"), writing():
            jobs.later(telling.NAME)
        demo.settle()
    assert len(robot.heard) == 2 and "明早开会" in robot.heard[1]
    demo.sql("UPDATE core_channel SET active = :no", no=False)
