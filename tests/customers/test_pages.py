"""The pages of customers as a browser uses them: composer, tags, own notes, regions, tasks, bell, home."""

from typing import Any

import pytest

from crm_core.features.customers import notes
from crm_core.features.messages import services as messages
from crm_core.features.tasks import services as tasks
from crm_core.resource import timeline
from crm_core.web import lookups
from tests.support.people import Company


def resource(company: Company, name: str) -> Any:
    return company.site.registry.resource(f"core.{name}")


@pytest.fixture
def customer(company: Company) -> int:
    """A customer of Lina's."""
    with company.as_("lina"):
        return int(resource(company, "customer").write([{"name": "四川云岭春酒业有限公司", "phone": "0831-8235566"}])[0])


def test_a_note_with_its_next_step_is_written_from_the_page(company: Company, customer: int) -> None:
    lina = company.client("lina")
    answer = lina.post(f"/core/customer/{customer}/note", data={"text": "Stand confirmed", "next": "in three weeks"})
    assert answer.status_code == 303
    page = lina.get(answer.headers["Location"])
    assert "Stand confirmed" in page.text
    with company.as_("lina"):
        assert [t.subject_id for t in tasks.waiting(5)] == [customer]


def test_what_was_refused_stays_in_the_composer_with_the_sentence(company: Company, customer: int) -> None:
    lina = company.client("lina")
    answer = lina.post(f"/core/customer/{customer}/note", data={"text": "keep these words", "next": "when pigs fly"})
    assert answer.status_code == 422
    assert "keep these words" in answer.text
    assert "This date is not understood" in answer.text
    with company.as_("lina"):
        assert timeline.of("core.customer", customer, kind="note") == []


def test_a_task_is_given_from_the_page(company: Company, customer: int) -> None:
    lina = company.client("lina")
    answer = lina.post(f"/core/customer/{customer}/task", data={"title": "Send the plan", "due": "tomorrow 15:00"})
    assert answer.status_code == 303
    with company.as_("lina"):
        (task,) = tasks.waiting(5)
        assert (task.title, task.due_time, task.subject_id) == ("Send the plan", "15:00", customer)
    assert lina.post(f"/core/customer/{customer}/task", data={"title": ""}).status_code == 422
    assert lina.post(f"/core/customer/{customer}/task", data={"title": "x", "receiver__text": "Nobody"}).status_code == 422


def test_a_task_made_on_the_tab_is_about_the_record(company: Company, customer: int) -> None:
    lina = company.client("lina")
    link = f"/core/task/new?subject=core.customer&subject_id={customer}"
    form = lina.get(link)
    assert "About: 四川云岭春酒业有限公司" in form.text
    made = lina.post("/core/task/new", data={"title": "From the tab", "subject": "core.customer", "subject_id": str(customer)})
    assert made.status_code == 303
    with company.as_("lina"):
        assert [(t.subject, t.subject_id) for t in tasks.waiting(5)] == [("core.customer", customer)]
    assert "From the tab" in lina.get(f"/core/customer/{customer}?tab=core.task").text


def test_nobody_writes_on_the_records_of_others(company: Company, customer: int) -> None:
    sue = company.client("sue")
    for path, data in (("note", {"text": "x"}), ("task", {"title": "x"}), ("tags", {"names": "x"}), ("compose", {"text": "x"})):
        assert sue.post(f"/core/customer/{customer}/{path}", data=data).status_code == 404, path
        assert sue.post(f"/core/customer/{10**9}/{path}", data=data).status_code == 404, path
    assert sue.get(f"/core/customer/{customer}/tags").status_code == 404


def test_a_draft_of_the_composer_comes_back_and_goes_with_the_note(company: Company, customer: int) -> None:
    lina = company.client("lina")
    assert "saved" in lina.post(f"/core/customer/{customer}/compose", data={"kind": "note", "text": "half a thought"}).json
    assert "half a thought" in lina.get(f"/core/customer/{customer}").text
    lina.post(f"/core/customer/{customer}/note", data={"text": "a whole one"})
    assert "half a thought" not in lina.get(f"/core/customer/{customer}").text


def test_tags_are_put_and_taken_in_the_small_form(company: Company, customer: int) -> None:
    lina = company.client("lina")
    assert lina.post(f"/core/customer/{customer}/tags", data={"tags__text": "春糖会，川酒"}).status_code == 303
    page = lina.get(f"/core/customer/{customer}")
    assert "春糖会" in page.text
    with company.as_("lina"):
        wine = resource(company, "tag").by_name(["川酒"])["川酒"]
    lina.post(f"/core/customer/{customer}/tags", data={"tags": str(wine)})
    from crm_core.features.customers import tags

    with company.as_("lina"):
        assert tags.of("core.customer", [customer]) == {customer: ["川酒"]}


def test_one_changes_ones_own_note_and_sees_no_button_on_others(company: Company, customer: int) -> None:
    with company.as_("lina"):
        note = notes.add_note("core.customer", customer, "first words").id
    lina, nora = company.client("lina"), company.client("nora")
    assert f"/core/note/{note}/change" in lina.get(f"/core/customer/{customer}").text
    assert f"/core/note/{note}/change" not in nora.get(f"/core/customer/{customer}").text
    assert nora.post(f"/core/note/{note}/change", data={"text": "hers"}).status_code == 403
    assert nora.post(f"/core/note/{note}/remove").status_code == 403
    assert lina.post(f"/core/note/{note}/change", data={"text": "second words"}).status_code == 303
    assert "second words" in lina.get(f"/core/customer/{customer}").text
    assert lina.post(f"/core/note/{note}/remove").status_code == 303
    assert "second words" not in lina.get(f"/core/customer/{customer}").text


def test_what_one_may_read_whole_is_not_shown_in_brief(company: Company, customer: int) -> None:
    assert company.client("lina").get(f"/core/customer.brief/{customer}").headers["Location"] == f"/core/customer/{customer}"
    brief = company.client("sue").get(f"/core/customer.brief/{customer}")
    assert brief.status_code == 200
    assert "Held by Lina" in brief.text
    assert "8235566" not in brief.text


def test_regions_are_sent_once_and_then_known(company: Company) -> None:
    lina = company.client("lina")
    first = lina.get("/core/regions.json")
    assert first.json[0]["name"] == "Beijing"
    again = lina.get("/core/regions.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_tick_of_the_home_page_and_back(company: Company) -> None:
    with company.as_("lina"):
        task = tasks.give("Call them")
    lina = company.client("lina")
    assert "Call them" in lina.get("/").text
    assert lina.post(f"/tasks/{task}/done", headers={"Accept": "application/json"}).json == {}
    assert "Call them" not in lina.get("/").text
    assert lina.post(f"/tasks/{task}/reopen").status_code == 303
    assert "Call them" in lina.get("/").text
    assert company.client("sue").post(f"/tasks/{task}/done").status_code == 404


def test_a_message_is_opened_by_a_post_that_leads_to_its_record(company: Company, customer: int) -> None:
    with company.as_("lina"):
        messages.notify([company.people["nora"]], "look", about=("core.customer", customer))
    nora, sue = company.client("nora"), company.client("sue")
    with company.as_("nora"):
        number = messages.newest()[0].id
    assert f'action="/notices/{number}/open"' in nora.get("/notices").text
    assert sue.post(f"/notices/{number}/open").status_code == 404
    assert nora.post(f"/notices/{number}/open").headers["Location"] == f"/core/customer/{customer}"
    assert f'action="/notices/{number}/open"' not in nora.get("/notices/bell").text


def test_the_home_page_asks_a_handful_of_questions_however_much_there_is(company: Company, customer: int) -> None:
    from crm_core.features.setup import home
    from tests.customers.office import Office

    def statements() -> int:
        with company.as_("lina"), company.app.test_request_context("/"):
            return Office(company.site).count(home.page)[1]

    with company.as_("lina"):
        tasks.give("one", about=("core.customer", customer))
        notes.add_note("core.customer", customer, "hello")
    statements()  # the house's settings are read once
    few = statements()
    with company.as_("lina"):
        for n in range(15):
            tasks.give(f"task {n}", about=("core.customer", customer))
    with company.as_("nora"):  # her name at tasks and at messages comes with those of customers
        tasks.give("from Nora", receiver=company.people["lina"])
        messages.notify([company.people["lina"]], "look", about=("core.customer", customer))
    assert statements() == few <= 8


def test_the_command_search_marks_what_was_meant_and_offers_what_can_be_done_with_the_best_hit(company: Company, customer: int) -> None:
    answer = company.client("lina").get("/palette?q=ylc").json
    first = answer["groups"][0]["hits"][0]
    assert (first["label"], first["marks"], first["url"]) == ("四川云岭春酒业有限公司", [[2, 5]], f"/core/customer/{customer}")
    assert first["status"]["label"]
    acts = next(group for group in answer["groups"] if "四川云岭春" in group["label"])["hits"]
    assert [act["url"] for act in acts] == [f"/core/customer/{customer}#write-note", f"/core/customer/{customer}#write-task", "tel:+868318235566"]
    assert "#write-note" not in company.client("sue").get("/palette?q=ylc").text, "not hers to write on"


@pytest.mark.parametrize("words, spans", [("ylc", [[2, 5]]), ("yunling", [[2, 4]]), ("云岭", [[2, 4]]), ("sc jiuye", [[0, 2], [5, 7]]), ("xyz", [])])
def test_what_matched_is_marked_by_signs_initials_and_syllables(words: str, spans: list[list[int]]) -> None:
    assert lookups.marks("四川云岭春酒业有限公司", words) == spans


def test_two_versions_stand_beside_each_other_whatever_else_was_done_meanwhile(company: Company, customer: int) -> None:
    """Tags are put past the form and raise no version: they are no reason to fail, nor do they count as a save."""
    lina = company.client("lina")
    with company.as_("lina"):
        resource(company, "customer").write([{"id": customer, "name": "Changed by another"}])
        resource(company, "customer").run("tag", [customer], {"tags": ["Fair"]})
    answer = lina.post(f"/core/customer/{customer}/edit", data={"name": "Mine", "version": "1"})
    assert answer.status_code == 409
    assert "Changed by another" in answer.text and "Mine" in answer.text and "四川云岭春酒业有限公司" in answer.text
