"""Editable lists of choices: a code that records keep, words in both languages, order, and retired ones that stay readable."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.access.rights import bump, made
from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Vocabulary
from crm_core.data.session import current_work, system_scope
from crm_core.data.wall import DELETED
from crm_core.kernel.i18n import _, either, listed
from crm_core.resource.fields import Bad, Field
from crm_core.text.clean import fold


class Choice(Vocabulary, Model):
    """One word of one list."""

    __tablename__ = "core_choice"
    list: Mapped[t.Code] = mapped_column(info={"label": _("List")})
    code: Mapped[t.Code] = mapped_column(sa.String(40), info={"label": _("Code")})
    en: Mapped[t.Line] = mapped_column(info={"label": _("English word")})
    zh: Mapped[t.Line] = mapped_column(info={"label": _("Chinese word")})
    position: Mapped[int] = mapped_column(sa.Integer(), default=0, info={"label": _("Order")})
    retired: Mapped[bool] = mapped_column(default=False, info={"label": _("Retired")})
    icon: Mapped[str | None] = mapped_column(sa.String(40), info={"label": _("Icon")})
    colour: Mapped[str | None] = mapped_column(sa.String(20), info={"label": _("Colour")})

    __table_args__ = (sa.Index("uq_core_choice_list_code", "list", "code", unique=True),)

    def __str__(self) -> str:
        return either(self.zh, self.en)


# Slot: what a list is called where the label of a field that offers its words would not tell.
titles: dict[str, Any] = {}


@dataclass(frozen=True)
class Word:
    """A choice as kept in memory."""

    code: str
    en: str
    zh: str
    retired: bool
    icon: str | None
    colour: str | None

    def __str__(self) -> str:
        return either(self.zh, self.en)


def words(list_name: str) -> Mapping[str, Word]:
    """The words of a list by code, in their order, retired ones too. Kept in the process until somebody edits a list."""
    return made("choices", _load).get(list_name, {})


def _load() -> dict[str, dict[str, Word]]:
    found: dict[str, dict[str, Word]] = {}
    with system_scope("words of lists") as db:
        rows = db.execute(
            sa.select(Choice.list, Choice.code, Choice.en, Choice.zh, Choice.retired, Choice.icon, Choice.colour)
            .where(Choice.deleted_at.is_(None))
            .order_by(Choice.list, Choice.position, Choice.id)
        )
        for row in rows:
            found.setdefault(row.list, {})[row.code] = Word(row.code, row.en, row.zh, row.retired, row.icon, row.colour)
    return found


@dataclass(frozen=True, kw_only=True)
class ChoiceField(Field):
    """One code of an editable list."""

    kind: str = "choice"
    list_name: str = ""
    operators: ClassVar[tuple[str, ...]] = ("any", "none", "empty", "filled")

    def words(self) -> Mapping[str, Word]:
        return words(self.list_name)

    def parse(self, text: str) -> Any:
        wanted = (text or "").strip()
        return self._code(wanted) if wanted else None

    def load(self, value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, str):
            raise Bad(_("A text is expected."))
        return self._code(value.strip()) if value.strip() else None

    def _code(self, wanted: str) -> str:
        known = self.words()
        if wanted in known:
            return wanted
        key = fold(wanted)
        for code, word in known.items():
            if key in (fold(word.zh), fold(word.en), fold(code)):
                return code
        raise Bad(_("“%(value)s” is not one of the choices.", value=wanted[:60]))

    def show(self, value: Any) -> str:
        if value is None:
            return ""
        word = self.words().get(value)
        return str(word) if word else str(value)

    def text(self, value: Any) -> str:
        return value or ""

    def options(self, current: Any = None) -> list[tuple[str, str]]:
        return [(code, str(w)) for code, w in self.words().items() if not w.retired or code == current]

    def schema(self) -> dict[str, Any]:
        return self.nullable({"type": "string", "maxLength": 40, "description": f"a code of the list {self.list_name}"})


_BETWEEN = re.compile("[;；,，、]")


@dataclass(frozen=True, kw_only=True)
class ChoicesField(ChoiceField):
    """Several codes of an editable list."""

    kind: str = "choices"
    operators: ClassVar[tuple[str, ...]] = ("any", "none", "empty", "filled")

    def parse(self, text: str) -> Any:
        parts = [p.strip() for p in _BETWEEN.split(text or "")]
        return list(dict.fromkeys(self._code(p) for p in parts if p))

    def load(self, value: Any) -> Any:
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise Bad(_("A list of texts is expected."))
        return list(dict.fromkeys(self._code(v) for v in value))

    def show(self, value: Any) -> str:
        return listed(ChoiceField.show(self, v) for v in value or ())

    def cell(self, value: Any) -> str:
        """As it stands in a file and is read back: a word that holds what parts words is told by its code."""
        words = ((code, ChoiceField.show(self, code)) for code in value or ())
        return listed(code if _BETWEEN.search(word) else word for code, word in words)

    def text(self, value: Any) -> str:
        return ",".join(value or ())

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "maxLength": 40}}


def put_words(list_name: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Install the words of a list: (code, en, zh[, icon, colour]). Words that are there already are left as people made them."""
    from crm_core.resource.changes import stamp

    known = set(current_work().session.scalars(sa.select(Choice.code).where(Choice.list == list_name), execution_options={DELETED: True}))
    for position, (code, en, zh, *look) in enumerate(rows):
        if code not in known:
            icon, colour = (*look, None, None)[:2]
            current_work().session.add(
                stamp(Choice(list=list_name, code=code, en=en, zh=zh, position=position, icon=icon, colour=colour))
            )
    current_work().session.flush()
    bump()
