"""Messages of the demo: a question and its answer, an announcement that somebody has not acknowledged yet, a note for one who was away."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import session
from crm_core.features.messages.models import Kind, Message, Notice
from crm_core.features.messages.sending import NAME, read
from crm_core.kernel import clock
from crm_core.kernel.site import actor, site

DIRECTOR, SELLER = "sunli", "wangzhiqiang"
OLD = 7  # days after which a notice has been read


def fill(make: Any) -> None:
    users, messages = make.made["users"], site().registry.resource(NAME)

    def received(title: str) -> Message:
        """The copy of who acts."""
        return session.scalars(sa.select(Message).where(Message.owner_id == actor().user_id, Message.title == title)).one()

    with make.at(3, 9, DIRECTOR):
        messages.write([{"title": "春糖会分工", "people": [users[SELLER], users["liuyang"]],
                         "text": "展位已经确认。请各自报一下人手和要带的样刊，周五前回复我。"}])
    with make.at(3, 15, SELLER):
        asked = received("春糖会分工")
        read(asked.id)
        messages.write([{"title": "回复：春糖会分工", "people": [users[DIRECTOR]], "subject": NAME, "subject_id": asked.id,
                         "text": "我这边两个人，样刊带 300 本，易拉宝两个。"}])
    with make.at(2, 10, DIRECTOR):
        messages.write([{"title": "客户资料年度核对", "departments": [make.made["departments"]["MC"]], "kind": Kind.announcement, "priority": "high",
                         "text": "请在下周三前把各自客户的电话和地址核对一遍，看到后请确认。"}])
    with make.at(1, 11, SELLER):
        messages.run("acknowledge", [received("客户资料年度核对").id])
    with make.at(1, 16, "chenxiaoyan"):
        messages.write([{"title": "酿酒协会来电", "people": [users["xulei"]], "kind": Kind.note,
                         "text": "协会的周老师下午来电，想约采访，回来请给他回个电话。"}])


def old_ones_are_read() -> None:
    """What the company was told of more than a week ago it has read: who signs in finds what is new."""
    notices = table_of(Notice)
    old = notices.c.read_at.is_(None), notices.c.at < clock.now() - dt.timedelta(days=OLD)
    session.connection().execute(sa.update(notices).where(*old).values(read_at=notices.c.at))
