"""People in the browser: what an administrator does, and how many actions it costs him."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from crm_core.access.models import Department, Role, User, UserRole
from crm_core.data.wall import UNSCOPED
from tests.browser.demo import Demo
from tests.browser.hand import Hand
from tests.support.browser import Visitor


@pytest.mark.parametrize(("language", "login", "name"), [("zh_Hans_CN", "gaoyuan", "高远"), ("en", "tanming", "谭明")])
def test_a_new_employee_has_an_account_with_the_rights_of_his_department_in_six_actions(
    visitor: Visitor, demo: Demo, language: str, login: str, name: str
) -> None:
    page = demo.open(visitor, "/core/user", who="admin", language=language)
    hand = Hand(page)
    hand.press("n")
    expect(page.locator("[name=name]")).to_be_focused()
    hand.fill(name)
    hand.fill(login, page.locator("[name=login]"))
    hand.pick("发行", page.locator("[name=department__text]"))
    hand.pick("一般用户" if language != "en" else "General user", page.locator("[name=roles-0-role__text]"))
    hand.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/core/user/\d+$"))
    assert len(hand.actions) <= 6, hand.actions
    with demo.site.engines.read.connect().execution_options(**{UNSCOPED: "tests"}) as conn:
        found = conn.execute(
            sa.select(Department.code, Role.code).join(User, User.department_id == Department.id).join(UserRole, UserRole.user_id == User.id)
            .join(Role, Role.id == UserRole.role_id).where(User.login == login)).all()
    assert [tuple(row) for row in found] == [("PUB", "user")]
