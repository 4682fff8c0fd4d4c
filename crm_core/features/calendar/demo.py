"""Rooms and a week of appointments of the demo's company: meetings of several, a visit at a customer's, something private."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.calendar.models import Appointment
from crm_core.features.calendar.services import NAME, ROOM
from crm_core.features.customers.api import Customer
from crm_core.features.tasks.api import TASKS, repeats
from crm_core.kernel import clock
from crm_core.kernel.site import site
from crm_core.resource import worktime

LEADER, SELLER, YOUNG, DIRECTOR = "chenxiaoyan", "wangzhiqiang", "liuyang", "sunli"


def fill(make: Any) -> None:
    users, at = make.made["users"], make.at
    tasks = site().registry.resource(TASKS)
    rooms, appointments = site().registry.resource(ROOM), site().registry.resource(NAME)
    large, small, _visitors = rooms.write([
        {"name": "第一会议室", "seats": 20, "place": "主楼 3 层", "equipment": "投影、视频会议"},
        {"name": "第二会议室", "seats": 8, "place": "主楼 3 层", "equipment": "白板"},
        {"name": "会客室", "seats": 5, "place": "主楼 1 层"}])

    def when(days: int, hour: int, minute: int = 0) -> dt.datetime:
        return clock.instant(worktime.shift(make.day(-1), days + 1), dt.time(hour, minute))  # of working days, today or the next one on

    def plan(title: str, days: int, hour: int, minutes: int, **more: Any) -> int:
        begins = when(days, hour)
        return int(appointments.write([{"title": title, "begins": begins, "ends": begins + dt.timedelta(minutes=minutes), **more}])[0])

    with at(2, 9, LEADER):
        weekly = plan("发行周例会", 0, 9, 60, room=large, text="各组报本周征订进度。", items=[{"user": users[SELLER]}, {"user": users[YOUNG]}])
        appointments.run("repeat", [weekly], {"how": repeats.How.weekly, "count": 12})
        plan("年度预算准备", 1, 14, 120, closed=True)
    with at(1, 9, SELLER):
        plan("春糖会展位碰头", 0, 14, 90, room=small, items=[{"user": users[YOUNG]}, {"user": users[LEADER]}])
        plan("走访老订户", 1, 10, 120, place="城东")
        plan("体检", 2, 8, 120, closed=True)
    with at(1, 9, YOUNG):
        plan("展台搭建公司来访", 1, 15, 60, room=small)
        plan("看样品", 3, 10, 90, place="搭建公司")
    with at(1, 10, DIRECTOR):
        plan("社务会", 2, 9, 120, room=large, items=[{"user": users[LEADER]}])
    for days, minutes, title in ((6, 150, "上门核对年度征订份数"), (4, 45, "整理回访记录"), (2, 90, "准备续订报价")):
        with at(days, 15, SELLER):
            customer = session.scalar(sa.select(Customer.id).where(Customer.owner_id == users[SELLER]).order_by(Customer.id).offset(days).limit(1))
            (task,) = tasks.write([{"title": title, **({"subject": "core.customer", "subject_id": customer} if customer else {})}])
            tasks.run("done", [task], {"spent": minutes})
    for who in (SELLER, YOUNG):
        with at(1, 15, who):
            (copy,) = session.scalars(sa.select(Appointment.id).where(Appointment.of_id == weekly))
            appointments.run("accept" if who == SELLER else "perhaps", [copy])
