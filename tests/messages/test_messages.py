"""People write to people: who receives a message, who sees it, what the sender learns of it."""

import io

import pytest
import sqlalchemy as sa

from crm_core.access.models import StandIn, User
from crm_core.data.session import session, writing
from crm_core.features.files import api as files
from crm_core.features.messages import saved, sending, services
from crm_core.features.messages.models import Message
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Invalid, Missing, Refused
from crm_core.resource import views
from crm_core.resource.changes import stamp
from tests.customers.office import Office


def write(office: Office, who: str, title: str, **more: object) -> int:
    with office.as_(who):
        return int(office.resource("message").write([{"title": title, **more}])[0])


def mine(office: Office, who: str) -> list[Message]:
    with office.as_(who):
        found = list(session.scalars(office.resource("message").visible().order_by(Message.id)))
        for one in found:
            session.expunge(one)
        return found


def test_a_message_goes_to_people_departments_and_who_is_mentioned_and_nobody_else_sees_it(office: Office) -> None:
    people = office.people
    sent = write(office, "chen", "The fair", text="Who comes along? @李娜", people=[people["wang"]])
    (his,), (copy,), others = mine(office, "chen"), mine(office, "wang"), mine(office, "sun")
    assert (his.id, his.box, copy.box, copy.origin_id, others) == (sent, "sent", "received", sent, [])  # sun may do everything there is
    with office.as_("sun"), pytest.raises(Missing):
        office.resource("message").get(copy.id)
    with office.as_("chen"), pytest.raises(Missing):
        office.resource("message").get(copy.id)  # nor does the sender see the receiver's own copy
    with office.as_("wang"):
        (told,) = services.newest()
        assert str(words.read(told.text)).endswith("The fair") and (told.subject, told.subject_id) == ("core.message", copy.id)
        services.read(told.id)
        assert office.resource("message").get(copy.id).read_at is not None  # from the bell to the message: both are read
    with office.as_("chen"):
        assert [(one.owner_id, one.read_at is not None) for one in sending.copies(sent) if one.owner_id == people["wang"]] == [(people["wang"], True)]
        with pytest.raises(Invalid):
            office.resource("message").write([{"title": "To nobody"}])

    # An answer joins the conversation.
    answer = write(office, "wang", "Re: The fair", people=[people["chen"]], subject="core.message", subject_id=copy.id)
    assert {one.thread_id for one in (*mine(office, "chen"), *mine(office, "wang"))} == {sent}
    assert answer in {one.id for one in mine(office, "wang")}


def test_what_is_held_back_takes_files_along_when_it_is_sent(office: Office) -> None:
    held = write(office, "chen", "With a list", people=[office.people["wang"]], hold=True)
    assert mine(office, "wang") == []
    with office.as_("chen"):
        files.put("core.message", held, "list.txt", io.BytesIO(b"one\ntwo"))
        office.resource("message").run("send", [held])
    (copy,) = mine(office, "wang")
    with office.as_("wang"):
        (file,) = files.on("core.message", [copy.id])
        assert (file.name, files.readable(file.id).size) == ("list.txt", 7)
    with office.as_("chen"), pytest.raises(Missing):
        files.readable(file.id)  # each has his own


def test_an_announcement_is_acknowledged_and_those_who_have_not_are_reminded(office: Office) -> None:
    people = office.people
    sent = write(office, "chen", "New prices", people=[people["wang"], people["li"]], kind="announcement")
    messages = office.resource("message")
    (copy,) = mine(office, "wang")
    with office.as_("wang"):
        messages.run("acknowledge", [copy.id])
        with pytest.raises(Refused):
            messages.run("acknowledge", [copy.id])
    with office.as_("chen"):
        messages.run("remind", [sent])
        assert {one.owner_id: one.acknowledged_at is not None for one in sending.copies(sent)} == {people["wang"]: True, people["li"]: False}
    counts = []
    for who in ("wang", "li"):
        with office.as_(who):
            counts.append(len(services.newest()))
    assert counts == [1, 2]


def test_only_who_may_announce_writes_to_everybody_or_announces_to_more_than_he_names(office: Office) -> None:
    fair = office.departments["会展部"]
    with office.as_("chen"):
        message = office.resource("message")
        assert "everyone" not in message.fields(writing=True)  # nor is he asked
        for row in ({"everyone": True}, {"everyone": True, "hold": True}, {"kind": "announcement", "departments": [fair]}, {"kind": "announcement", "roles": [office.roles["chief"]]}):
            with pytest.raises(Invalid):
                message.write([{"title": "No", **row}])
        message.write([{"title": "To the fair", "departments": [fair]}, {"title": "Please note", "kind": "announcement", "people": [office.people["li"]]}])
        held = message.write([{"title": "Held", "departments": [fair], "hold": True}])[0]
        with pytest.raises(Invalid):
            message.write([{"id": held, "kind": "announcement"}])
    assert [one.title for one in mine(office, "li")] == ["To the fair", "Please note"]

    office.grant("seller", "core.announcements.make", "all")
    write(office, "chen", "To all", everyone=True, kind="announcement")
    for name in ("wang", "li", "sun"):
        assert mine(office, name)[-1].title == "To all"
    with office.as_("chen"):
        held = office.resource("message").write([{"title": "Held", "everyone": True, "hold": True}])[0]
    office.revoke("seller", "core.announcements.make")
    with office.as_("chen"), pytest.raises(Refused):  # who lost the right meanwhile
        office.resource("message").run("send", [held])


def test_a_saved_list_names_who_stands_in_it_when_the_message_goes_out_as_far_as_its_sender_sees_them(office: Office) -> None:
    with office.as_("sun"):
        view = views.save("core.user", "The sellers", [("department.any", str(office.departments["营销中心"]))], views.Audience.mine)
    held = write(office, "sun", "To sellers", view=str(view), hold=True)
    with office.site.system("test"), writing() as db:
        db.execute(sa.update(User).where(User.id == office.people["li"]).values(department_id=office.departments["营销中心"]))
    with office.as_("sun"):
        office.resource("message").run("send", [held])
    assert [[one.title for one in mine(office, name)] for name in ("chen", "wang", "li")] == [["To sellers"]] * 3
    with office.as_("chen"):  # another's list is none of hers
        assert saved.PeopleViewField(name="view", column="view", label="").words() == {}
        with pytest.raises(Invalid):  # nor is she asked for one, as long as she has none of her own
            office.resource("message").write([{"title": "No", "view": str(view)}])
        views.save("core.user.brief", "Hers", [], views.Audience.mine)
        with pytest.raises(Refused):
            office.resource("message").write([{"title": "No", "view": str(view)}])
    with office.as_("sun"):
        views.delete(views.get(view))
        with pytest.raises(Invalid):
            office.resource("message").write([{"title": "No", "view": str(view)}])


def test_who_writes_to_somebody_away_reads_his_words(office: Office) -> None:
    people, today = office.people, clock.today()
    with office.site.system("test"), writing() as db:
        db.add(stamp(StandIn(owner_id=people["wang"], substitute_id=people["li"], begins=today, ends=today, words="In Xi'an until Friday")))
    write(office, "chen", "A question", people=[people["wang"]])
    with office.as_("chen"):
        (told,) = services.newest()
    assert str(words.read(told.text)) == "王志强 is away; 李娜 stands in. “In Xi'an until Friday”"


def test_words_alone_are_an_absence_too_and_neither_is_none(office: Office) -> None:
    people, today = office.people, clock.today()
    office.grant("seller", "core.stand_in.*", "own")
    with office.as_("wang"):
        with pytest.raises(Invalid):
            office.resource("stand_in").write([{"begins": today, "ends": today}])
        office.resource("stand_in").write([{"begins": today, "ends": today, "words": "Back on Monday"}])
    write(office, "chen", "A question", people=[people["wang"]])
    with office.as_("chen"):
        (told,) = services.newest()
    assert str(words.read(told.text)) == "王志强 is away: “Back on Monday”"
