"""What was chosen of a product in a line: {"Cover": "Linen", "": "a wish in their own words"}; as text `Cover=Linen; a wish`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crm_core.features.products.pricing import split, wrong_choices
from crm_core.kernel.i18n import _, language
from crm_core.resource.fields import Bad, Field
from crm_core.resource.inspection import register_kind
from crm_core.text import clean
from crm_core.text.numbers import whole

MOST, LONG = 30, 200  # options of a line; characters of a choice or wish
WISH = ""


@dataclass(frozen=True, kw_only=True)
class ConfigurationField(Field):
    """Choices of a configured product, option → choice. The control offers those of the product that stands in the same row."""

    kind: str = "configuration"
    operators: ClassVar[tuple[str, ...]] = ("empty", "filled")

    def parse(self, text: str) -> Any:
        for mark in "；\n":
            text = text.replace(mark, ";")
        found: dict[str, str] = {}
        for part in text.split(";"):
            option, equals, choice = part.partition("=")
            if part.strip() and (not equals or choice.strip()):
                found[option.strip() if equals else WISH] = (choice if equals else part).strip()
        return self.load(found)

    def load(self, value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            raise Bad(_("Choices are expected, such as Cover=Linen; Paper=80 g."))
        if len(value) > MOST or any(len(word) > LONG for pair in value.items() for word in pair):
            raise Bad(_("At most %(n)s characters, these are %(m)s.", n=LONG, m=max(len(word) for pair in value.items() for word in pair)))
        try:
            return {clean.clean_line(option): clean.clean_line(choice) for option, choice in value.items() if choice.strip()} or None
        except clean.InvalidText:
            raise Bad(_("This contains characters that cannot be kept.")) from None

    def show(self, value: Any) -> str:
        colon, comma = (": ", "; ") if language() == "en" else ("：", "；")
        return comma.join(f"{option}{colon}{choice}" if option else choice for option, choice in (value or {}).items())

    def text(self, value: Any) -> str:
        return "; ".join(f"{option}={choice}" if option else choice for option, choice in (value or {}).items())

    def schema(self) -> dict[str, Any]:
        return self.nullable({"type": "object", "maxProperties": MOST, "additionalProperties": {"type": "string", "maxLength": LONG}})

    def offered(self, rows: Sequence[Mapping[str, str]]) -> list[tuple[str, tuple[tuple[str, str, str, bool], ...]]]:
        """For each row of a form (field → text): the wish in their own words, and what can be chosen as (option, value, words, chosen)."""
        from crm_core.features.products.prices import Shelf

        ids = [whole(row.get("product", "")) or 0 for row in rows]
        shelf = Shelf({i for i in ids if i}) if any(ids) else None
        found = []
        for i, row in zip(ids, rows, strict=True):
            try:
                chosen = self.parse(row.get(self.name, "")) or {}
            except Bad:
                chosen = {}
            said = [(c, *shelf.chosen(i, c.option, c.name, language())) for c in shelf.choices.get(i, ())] if shelf is not None else []
            called = {c.option: option for c, option, _word in reversed(said) if option != c.option}  # one option, though only one of its choices may say what it is called
            offers = [(called.get(c.option, c.option), f"{c.option}={c.name}", word, chosen.get(c.option) == c.name) for c, _option, word in said]
            found.append((chosen.get(WISH, ""), tuple(offers)))
        return found


register_kind("configuration", ConfigurationField)


def faults(choices: Sequence[Any], combinations: Sequence[tuple[str, str, str]], chosen: Mapping[str, str]) -> list[Any]:
    """Sentences about what was chosen of a product that cannot be; empty when it can."""
    said = {option: choice for option, choice in chosen.items() if option != WISH}
    found: list[Any] = []
    for kind, words in wrong_choices([(c.option, c.name, c.optional) for c in choices], combinations, said):
        if kind == "unknown":
            found.append(_("“%(option)s: %(choice)s” cannot be chosen here.", option=words[0], choice=words[1]))
        elif kind == "missing":
            found.append(_("Choose: %(option)s.", option=words[0]))
        elif kind == "needs":
            found.append(_("“%(choice)s” goes only with: %(others)s.", choice=words[0], others=words[1]))
        else:
            found.append(_("“%(choice)s” does not go with: %(others)s.", choice=words[0], others=words[1]))
    return found


def rule_faults(choices: Sequence[Mapping[str, Any]], rules: Sequence[Mapping[str, Any]]) -> list[Any]:
    """What is wrong with the options of a product as its form says them: names that are there twice or cannot be told apart, rules about
    choices that are not there."""
    found: list[Any] = []
    names = [str(c.get("name") or "").strip() for c in choices]
    pairs = [(str(c.get("option") or "").strip(), name) for c, name in zip(choices, names, strict=True)]
    found += [_("“%(name)s” is there twice.", name=name) for name in sorted({n for n in names if n and names.count(n) > 1})]
    found += [_("“%(name)s”: no ; = , in names of options and choices.", name=word) for pair in pairs for word in pair if any(mark in word for mark in ";；=,，、")]
    for rule in rules:
        words = [str(rule.get("given") or "").strip(), *split(str(rule.get("other") or ""))]
        found += [_("There is no choice “%(name)s”.", name=word) for word in words if word and word not in names]
    return found
