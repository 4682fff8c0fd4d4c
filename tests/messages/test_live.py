"""What live connections look for, on each engine."""

import json

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.features.messages import services
from crm_core.features.messages.models import Notice
from crm_core.features.messages.news import News
from crm_core.kernel.i18n import _
from tests.customers.office import Office


def test_each_hears_once_of_what_is_his_also_when_an_earlier_number_is_committed_later(office: Office) -> None:
    news, people = News(), office.people

    def look(*here: str) -> dict[int, list[str]]:
        with office.site.system("test") as work:
            told = news(work.session.connection(), {people[name] for name in here})
        return {user: [one["text"] for one in json.loads(said)["news"]] for user, said in told.items()}

    def tell(text: object, *whom: str) -> None:
        with office.as_("chen"):
            services.notify([people[name] for name in whom], text)

    tell("before anybody listened", "wang")
    assert look("wang", "li") == {}
    tell(_("Saved"), "wang", "li", "sun")
    with office.site.system("test") as work:  # a number is left free, as a transaction does that is still under way
        last = work.session.scalar(sa.select(sa.func.max(Notice.id)))
    assert last is not None
    with office.site.engines.write.begin() as conn:
        table = table_of(Notice)
        kept = conn.execute(sa.select(table).where(table.c.id == last)).mappings().one()
        conn.execute(sa.insert(table), {**kept, "id": last + 5, "receiver_id": people["wang"], "text": {"text": "first seen"}})
    heard = look("wang", "li")
    assert sorted(heard[people["wang"]]) == ["first seen", heard[people["li"]][0]]  # each in the language of his account
    assert set(heard) == {people["wang"], people["li"]}  # sun has no browser open
    with office.site.engines.write.begin() as conn:
        conn.execute(sa.insert(table), {**kept, "id": last + 2, "receiver_id": people["wang"], "text": {"text": "committed late"}})
    assert look("wang", "li") == {people["wang"]: ["committed late"]}
    assert look("wang", "li") == {}
