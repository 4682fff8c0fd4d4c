"""The page of a route: customers one may see, in the best order, with what the calendar has; and what does not fit, with its reason."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

from crm_core.kernel.i18n import in_language
from tests.support.people import Company

DAY = dt.date(2027, 3, 1)  # a Monday
AT = f"/routes?day={DAY}&begin=9:00&until=18:00&stay=30"


def stands(company: Company, who: str, resource: str, name: str, north: int, **more: Any) -> int:
    """A record so many kilometres north of one place."""
    with company.as_(who):
        row = {"name": name, "latitude": 30_600_000 + north * 9_000, "longitude": 104_060_000, **more}
        return int(company.site.registry.resource(resource).write([row])[0])


def task(company: Company, customer: int, time: str | None = None) -> int:
    with company.as_("lina"):
        row = {"title": "Agreed", "due": DAY, "due_time": time, "subject": "core.customer", "subject_id": customer}
        return int(company.site.registry.resource("core.task").write([row])[0])


def shown(page: str) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The stops of the page, (begins, name), and those left out with their reason."""
    lines = re.findall(r'<li class="rstop">(.*?)</li>', page, re.DOTALL)
    names = [unescape(found[1]) if (found := re.search(r'class="nm fw5"[^>]*>([^<]+)<', line)) else "" for line in lines]
    times = [re.search(r"<b>([\d:]+)</b>", line) for line in lines]
    whys = [re.search(r'<p class="t12 amber">([^<]+)<', line) for line in lines]
    kept = [(time[1], name) for time, name in zip(times, names, strict=True) if time]
    return kept, {name: unescape(why[1]) for why, name in zip(whys, names, strict=True) if why}


def test_a_route_is_planned_kept_printed_and_sees_no_further_than_its_reader(company: Company) -> None:
    with company.site.system("tests"):
        company.site.registry.resource("core.department").write([{"id": company.departments["SALES"], "latitude": 30_600_000, "longitude": 104_060_000}])
    near, far = stands(company, "lina", "core.customer", "Near", 10), stands(company, "lina", "core.customer", "Far", 20, opening_hours="周一至周五 13:30-17:00")
    shut, agreed = stands(company, "lina", "core.customer", "Shut", 5, opening_hours="Sat 9-12"), stands(company, "lina", "core.customer", "Agreed on", 15)
    with company.as_("lina"):
        lost = int(company.site.registry.resource("core.customer").write([{"name": "Nowhere"}])[0])
    other = stands(company, "sue", "core.customer", "Foreign", 1)
    hours = {"version": "1", "opening_hours": "whenever"}
    assert "Opening hours look like" in company.client("lina").post(f"/core/customer/{far}/edit", data=hours).text, "what is no hours never reaches a plan"
    assert company.client("lina").post(f"/core/customer/{shut}/edit", data={"version": "1", "opening_hours": "周六9点-12点"}).status_code == 303
    with company.as_("lina"):
        field, row = company.site.registry.resource("core.customer").fields()["opening_hours"], company.site.registry.resource("core.customer").get(shut)
        assert row.opening_hours == "Sat 09:00-12:00"
        with in_language("zh_Hans_CN"):
            assert field.show(row.opening_hours) == "周六 09:00-12:00"
    task(company, agreed, "12:00")
    lina, stops = company.client("lina"), "".join(f"&stop={one}" for one in (far, near, shut, lost, other))
    page = lina.get(AT + stops)
    kept, left = shown(page.text)
    assert kept == [("09:20", "Near"), ("12:00", "Agreed on"), ("13:30", "Far")], "at the appointment, when it opens; the way begins at the department above"
    assert left == {"Shut": "Not open on this day.", "Nowhere": "Nobody knows where this is: neither a place on the map nor a region is filled in."}
    assert "straight lines" in page.text and "In your calendar at 12:00" in page.text and "Sales department" in page.text
    assert "Foreign" not in page.text and f'"/core/customer/{other}"' not in page.text
    with company.as_("lina"):
        brief = company.site.registry.resource("core.customer.brief").labels([other])
    assert brief, "she does know his name elsewhere: what is not there is his place"
    assert "Nobody knows where this is." in lina.get(f"{AT}&stop={near}&origin=customer&customer={other}").text

    kept, left = shown(lina.get(f"{AT}{stops}&at.{near}=11:45").text)
    assert "Does not fit beside the other stops." in left.values() and len(kept) == 2, "two appointments at once"
    assert "A time such as 10:30 is expected." in lina.get(f"{AT}{stops}&at.{near}=soon").text
    assert "This is not after the beginning." in lina.get(f"/routes?day={DAY}&begin=9:00&until=8:00{stops}").text
    assert [name for _time, name in shown(lina.get(f"{AT}{stops}&without={agreed}").text)[0]] == ["Near", "Far"]
    assert shown(lina.get(AT).text)[0] == [("12:00", "Agreed on")], "without stops: what the day has"

    sent = {"day": str(DAY), "begin": "9:00", "until": "18:00", "stay": "30", "stop": [str(one) for one in (far, near, shut, other)]}
    answer = lina.post("/routes", data=sent)
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/routes?")
    assert tasks(company) == [("12:00", agreed), ("09:20", near), ("13:30", far)]
    again = lina.get(answer.headers["Location"]).text
    assert [time for time, _name in shown(again)[0]] == ["09:20", "12:00", "13:30"], "as appointments they can be kept all the same"
    undo = re.search(r'action="(/undo/\d+)"', again)
    assert undo is not None
    assert lina.post("/routes", data=sent).status_code == 409, "they are there"
    lina.post(undo[1])
    assert tasks(company) == [("12:00", agreed)]

    paper = lina.get(f"/routes/print?{AT.partition('?')[2]}{stops}")
    assert paper.status_code == 200 and "Agreed on" in paper.text and "What does not fit" in paper.text and "Foreign" not in paper.text
    assert company.browser().get(AT).status_code == 303, "nobody sees nothing"


def tasks(company: Company) -> list[tuple[str, int]]:
    import sqlalchemy as sa

    from crm_core.data.session import session
    from crm_core.features.tasks.api import Task

    with company.as_("lina"):
        return [tuple(row) for row in session.execute(sa.select(Task.due_time, Task.subject_id).where(Task.due == DAY).order_by(Task.id))]


def test_a_list_leads_to_a_route_of_what_was_ticked(company: Company) -> None:
    ids = [stands(company, "lina", "core.customer", f"Firm {n}", n) for n in range(3)]
    other, lina = stands(company, "sue", "core.customer", "Foreign", 1), company.client("lina")
    assert 'formaction="/core/customer/bulk/route"' in lina.get("/core/customer").text
    assert 'formaction="/core/customer.brief/bulk/route"' not in lina.get("/core/customer.brief").text
    assert 'action="/core/customer/bulk/route"' in lina.get("/core/customer?look=map").text, "from the map all of it goes along"
    some = lina.post("/core/customer/bulk/route", data={"id": [str(ids[0]), str(ids[2])]})
    assert (some.status_code, some.headers["Location"]) == (303, f"/routes?stop={ids[0]}&stop={ids[2]}")
    every = lina.post("/core/customer/bulk/route", data={"all": "1", "q": ""}).headers["Location"]
    assert {int(one) for one in re.findall(r"stop=(\d+)", every)} == set(ids) and str(other) not in every
    assert lina.post("/core/customer/bulk/route", data={"id": [str(n) for n in range(1, 62)]}).status_code == 409
    assert lina.post("/core/customer.brief/bulk/route", data={"id": [str(other)]}).status_code == 404
