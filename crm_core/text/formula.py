"""Formulas of computed fields: a small closed language over the fields of one record.

    if(x_budget > 100000, "large", "small")        round(x_price * x_copies * (1 - x_discount / 100), 2)

Numbers, texts in quotes, names of fields, `+ - * /`, `&` (joins texts), comparisons, `and or not`, brackets, and the functions
below. Nothing else can be said: no attribute, no loop, no power. Texts and steps are bounded, so a formula cannot take long.
An empty value makes a sum or comparison empty; `x / 0` is empty.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, DecimalException, localcontext
from typing import Any

LENGTH, DEPTH, STEPS, TEXT = 1_000, 30, 500, 2_000  # of the text, of brackets and chains, of working out, of a result

Value = Decimal | str | bool | dt.date | None
Node = tuple[Any, ...]


class BadFormula(ValueError):
    """What is wrong with a formula: `code` names the sentence, `at` is the place in the text."""

    def __init__(self, code: str, at: int = 0, **params: Any) -> None:
        super().__init__(f"{code} at {at}: {params}")
        self.code, self.at, self.params = code, at, params


_TOKEN = re.compile(r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>"[^"]*"|“[^”]*”|'[^']*')|(?P<name>[A-Za-z_]\w*)|(?P<mark><=|>=|<>|!=|[-+*/&(),<>=，（）]))""")
_WIDE = {"，": ",", "（": "(", "）": ")", "!=": "<>"}


@dataclass(frozen=True)
class Formula:
    """A formula that was read: `names` are the fields it asks for. Raises nothing when it is worked out."""

    text: str
    node: Node
    names: frozenset[str]

    def __call__(self, values: Mapping[str, Any]) -> Value:
        """The result for one record (name → value; Decimal or int, str, bool, date or None)."""
        try:
            with localcontext() as context:
                context.prec = 28
                return _Run(values).value(self.node)
        except (DecimalException, OverflowError, _TooMuch, TypeError, ValueError):
            return None


def parse(text: str, names: Iterable[str]) -> Formula:
    """Read a formula over these fields. Raises BadFormula."""
    if len(text) > LENGTH:
        raise BadFormula("long", LENGTH, n=LENGTH)
    return _Reader(text, frozenset(names)).read()


# --- reading -----------------------------------------------------------------------------------------------------------


class _Reader:
    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.text, self.known, self.used = text, names, set[str]()
        self.tokens, at = [], 0
        while at < len(text.rstrip()):
            hit = _TOKEN.match(text, at)
            if hit is None:
                raise BadFormula("sign", at, what=text[at:].strip()[:1])
            kind, word = str(hit.lastgroup), hit[str(hit.lastgroup)]
            self.tokens.append((kind, _WIDE.get(word, word), hit.start(kind)))
            at = hit.end()
        self.place, self.depth = 0, 0

    def read(self) -> Formula:
        if not self.tokens:
            raise BadFormula("empty")
        node = self.either()
        if self.place < len(self.tokens):
            raise BadFormula("rest", self.tokens[self.place][2], what=self.tokens[self.place][1])
        return Formula(self.text, node, frozenset(self.used))

    def peek(self, *marks: str) -> str:
        if self.place < len(self.tokens):
            kind, word, _at = self.tokens[self.place]
            if kind in ("mark", "name") and word.lower() in marks:
                return word.lower()
        return ""

    def take(self, *marks: str) -> str:
        found = self.peek(*marks)
        self.place += bool(found)
        return found

    def need(self, mark: str) -> None:
        if not self.take(mark):
            raise BadFormula("lacks", self.at, what=mark)

    @property
    def at(self) -> int:
        return self.tokens[self.place][2] if self.place < len(self.tokens) else len(self.text)

    def left(self, below: Callable[[], Node], *marks: str) -> Node:
        node, count = below(), 0
        while mark := self.take(*marks):
            node, count = (mark, node, below()), count + 1
            if count > DEPTH:
                raise BadFormula("deep", self.at)
        return node

    def either(self) -> Node:
        self.depth += 1
        if self.depth > DEPTH:
            raise BadFormula("deep", self.at)
        node = self.left(self.both, "or")
        self.depth -= 1
        return node

    def both(self) -> Node:
        return self.left(self.negated, "and")

    def negated(self) -> Node:
        return ("not", self.negated_once()) if self.take("not") else self.compared()

    def negated_once(self) -> Node:
        self.depth += 1
        if self.depth > DEPTH:
            raise BadFormula("deep", self.at)
        node = self.negated()
        self.depth -= 1
        return node

    def compared(self) -> Node:
        node = self.joined()
        mark = self.take("=", "<>", "<", ">", "<=", ">=")
        return (mark, node, self.joined()) if mark else node

    def joined(self) -> Node:
        return self.left(self.sum, "&")

    def sum(self) -> Node:
        return self.left(self.product, "+", "-")

    def product(self) -> Node:
        return self.left(self.signed, "*", "/")

    def signed(self) -> Node:
        minus = 0
        while mark := self.take("-", "+"):
            minus += mark == "-"
            if minus > DEPTH:
                raise BadFormula("deep", self.at)
        node = self.atom()
        return ("neg", node) if minus % 2 else node

    def atom(self) -> Node:
        if self.place >= len(self.tokens):
            raise BadFormula("end", len(self.text))
        kind, word, at = self.tokens[self.place]
        if self.take("("):
            node = self.either()
            self.need(")")
            return node
        self.place += 1
        if kind == "number":
            return "value", Decimal(word)
        if kind == "text":
            return "value", word[1:-1]
        if kind == "name" and self.peek("("):
            return self.call(word.lower(), at)
        if kind == "name" and word.lower() in ("true", "false"):
            return "value", word.lower() == "true"
        if kind == "name" and word in self.known:
            self.used.add(word)
            return "name", word
        raise BadFormula("unknown" if kind == "name" else "place", at, what=word)

    def call(self, name: str, at: int) -> Node:
        if name not in _ARGUMENTS:
            raise BadFormula("function", at, what=name)
        self.need("(")
        given: list[Node] = []
        if not self.peek(")"):
            given.append(self.either())
            while self.take(","):
                given.append(self.either())
        self.need(")")
        least, most = _ARGUMENTS[name]
        if not least <= len(given) <= most:
            raise BadFormula("arguments", at, what=name, least=least, most=most)
        return "call", name, *given


# --- working out -------------------------------------------------------------------------------------------------------


class _TooMuch(Exception):
    """More steps or text than a formula may take."""


class _Run:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values, self.steps = values, 0

    def value(self, node: Node) -> Value:
        self.steps += 1
        if self.steps > STEPS:
            raise _TooMuch
        kind = node[0]
        if kind == "value":
            return node[1]  # type: ignore[no-any-return]
        if kind == "name":
            found = self.values.get(node[1])
            return Decimal(found) if isinstance(found, int) and not isinstance(found, bool) else found or (found if found is False else None)
        if kind == "call":
            return self.call(node[1], node[2:])
        if kind == "not":
            return not self.value(node[1])
        if kind == "and":
            return bool(self.value(node[1])) and bool(self.value(node[2]))
        if kind == "or":
            return bool(self.value(node[1])) or bool(self.value(node[2]))
        return self.worked(kind, [self.value(one) for one in node[1:]])

    def worked(self, kind: str, given: list[Value]) -> Value:
        if kind == "&":
            return _cut("".join(_text(one) for one in given))
        if None in given:
            return (given[0] is given[1]) == (kind == "=") if kind in ("=", "<>") else None
        if kind == "neg":
            return -_number(given[0])
        left, right = given
        if kind in _COMPARED:
            if type(left) is not type(right):
                return None if kind not in ("=", "<>") else kind == "<>"
            return _COMPARED[kind](left, right)
        if isinstance(left, dt.date) and kind in "+-":
            return Decimal((left - right).days) if isinstance(right, dt.date) else left + dt.timedelta(days=int(_number(right)) * (1 if kind == "+" else -1))
        one, other = _number(left), _number(right)
        if kind == "/":
            return one / other if other else None
        return one + other if kind == "+" else one - other if kind == "-" else one * other

    def call(self, name: str, nodes: tuple[Node, ...]) -> Value:
        if name == "if":
            return self.value(nodes[1]) if self.value(nodes[0]) else self.value(nodes[2]) if len(nodes) > 2 else None
        given = [self.value(one) for one in nodes]
        if name == "first":
            return next((one for one in given if one is not None), None)
        if name == "empty":
            return given[0] is None
        if name in ("sum", "min", "max"):
            there = [_number(one) for one in given if one is not None]
            return {"sum": sum, "min": min, "max": max}[name](there) if there else None  # type: ignore[operator]
        return None if None in given else _FUNCTIONS[name](*given)


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b, ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b,
}


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError
    return Decimal(value)


def _text(value: Value) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return "" if value is None else value.isoformat() if isinstance(value, dt.date) else str(value).lower() if isinstance(value, bool) else value


def _cut(text: str) -> str:
    if len(text) > TEXT:
        raise _TooMuch
    return text


def _day(value: Any) -> dt.date:
    if not isinstance(value, dt.date):
        raise TypeError
    return value


def _rounded(value: Any, places: Any = 0) -> Decimal:
    return _number(value).quantize(Decimal(1).scaleb(-max(0, min(6, int(places)))), rounding="ROUND_HALF_UP")


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "round": _rounded,
    "abs": lambda a: abs(_number(a)),
    "floor": lambda a: _number(a).to_integral_value(rounding="ROUND_FLOOR"),
    "days": lambda a, b: Decimal((_day(b) - _day(a)).days),
    "year": lambda a: Decimal(_day(a).year),
    "month": lambda a: Decimal(_day(a).month),
    "day": lambda a: Decimal(_day(a).day),
    "len": lambda a: Decimal(len(_text(a))),
    "upper": lambda a: _text(a).upper(),
    "lower": lambda a: _text(a).lower(),
    "left": lambda a, n: _text(a)[: max(0, int(n))],
    "right": lambda a, n: _text(a)[-int(n):] if int(n) > 0 else "",
    "contains": lambda a, b: _text(b) in _text(a),
}
_ARGUMENTS: dict[str, tuple[int, int]] = {
    "if": (2, 3), "first": (1, 9), "empty": (1, 1), "sum": (1, 9), "min": (1, 9), "max": (1, 9), "round": (1, 2),
    "days": (2, 2), "left": (2, 2), "right": (2, 2), "contains": (2, 2),
    **dict.fromkeys(("abs", "floor", "year", "month", "day", "len", "upper", "lower"), (1, 1)),
}
FUNCTIONS = tuple(sorted(_ARGUMENTS))
