"""Call lists, what is said on the phone, and what came of it."""

import datetime as dt
import enum

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, Vocabulary, t
from crm_sales import _


class Turn(enum.StrEnum):
    """How a line of a call list stands."""

    waiting = "waiting"
    again = "again"
    done = "done"


TURNS = {"waiting": _("To be called"), "again": _("To be called again"), "done": _("Done")}
LOOKS = {"waiting": ("phone", ""), "again": ("phone", "amber"), "done": ("circle-check", "green")}


LIVING = {"sqlite_where": text("deleted_at IS NULL"), "postgresql_where": text("deleted_at IS NULL")}  # what lies in the recycle bin is in nobody's way


class CallScript(Vocabulary, Model):
    """What a caller asks, one question after the other."""

    __tablename__ = "sales_call_script"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    opening: Mapped[t.Note | None] = mapped_column(info={"label": _("Opening words")})

    def __str__(self) -> str:
        return self.name


class CallQuestion(Vocabulary, Model):
    """One question of a script: a line of its form. What is answered decides which comes next."""

    __tablename__ = "sales_call_question"
    script_id: Mapped[t.Id] = t.Link("sales.call_script", _("Script"))
    number: Mapped[int] = mapped_column(info={"label": _("Number"), "minimum": 1, "maximum": 999})
    question: Mapped[t.Line] = mapped_column(info={"label": _("Question")})
    answers: Mapped[t.Line] = mapped_column(default="", info={"label": _("Answers"), "help": _("Such as: Yes > 2; No > 5; Perhaps. Without a number the next question follows, 0 ends the script; empty: free words.")})


class CallList(Owned, Model):
    """Customers and leads to be called, one after the other."""

    __tablename__ = "sales_call_list"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    script_id: Mapped[t.Id | None] = t.Link("sales.call_script", _("Script"))
    until: Mapped[t.Day | None] = mapped_column(info={"label": _("Until")})
    tries: Mapped[int] = mapped_column(default=3, info={"label": _("Tries"), "minimum": 1, "maximum": 20, "help": _("So often somebody is called who does not answer.")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Note")})

    def __str__(self) -> str:
        return self.name


class CallEntry(PartOf("call_list"), Model):
    """Somebody on a call list."""

    __tablename__ = "sales_call_entry"
    call_list_id: Mapped[t.Id] = t.Link("sales.call_list", _("Call list"))
    customer_id: Mapped[t.Id | None] = t.Link("core.customer", _("Customer"))
    lead_id: Mapped[t.Id | None] = t.Link("sales.lead", _("Lead"))
    turn: Mapped[Turn] = mapped_column(default=Turn.waiting, info={"label": _("State"), "labels": TURNS, "looks": LOOKS, "readonly": True})
    next_day: Mapped[t.Day | None] = mapped_column(info={"label": _("Next call on"), "readonly": True})
    calls: Mapped[int] = mapped_column(default=0, info={"label": _("Calls"), "readonly": True})
    result: Mapped[str | None] = t.Choice("sales.call_result", info={"label": _("Result"), "readonly": True})
    # Who has it on the screen, and since when: a colleague on the same list is given another.
    taken_id: Mapped[t.Id | None] = mapped_column(info={"kind": "internal"})
    taken_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"kind": "internal"})
    answers: Mapped[list[list[str]] | None] = mapped_column(t.JsonType, info={"kind": "internal"})  # of the running call: [number, question, answer]

    __table_args__ = (
        Index("uq_sales_call_entry_customer", "call_list_id", "customer_id", unique=True, **LIVING),
        Index("uq_sales_call_entry_lead", "call_list_id", "lead_id", unique=True, **LIVING),
        Index("ix_sales_call_entry_next", "call_list_id", "turn", "id"),
    )


class Call(PartOf("call_list"), Model):
    """A call that was made."""

    __tablename__ = "sales_call"
    call_list_id: Mapped[t.Id] = t.Link("sales.call_list", _("Call list"))
    entry_id: Mapped[t.Id] = t.Link("sales.call_entry", _("Line of the list"))
    customer_id: Mapped[t.Id | None] = t.Link("core.customer", _("Customer"))
    lead_id: Mapped[t.Id | None] = t.Link("sales.lead", _("Lead"))
    day: Mapped[t.Day] = mapped_column(info={"label": _("Day")})
    by_id: Mapped[t.Id | None] = t.Link("core.user", _("Who called"))
    result: Mapped[str | None] = t.Choice("sales.call_result", info={"label": _("Result")})
    reached: Mapped[bool] = mapped_column(default=False, info={"label": _("Reached")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Notes of the call")})
