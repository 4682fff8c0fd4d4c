"""Templates compiled in our way come out as Jinja's own would write them, and what is typed stays text."""

from typing import Any

import flask
import flask.templating
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, StrictUndefined
from markupsafe import Markup

from crm_core.kernel.i18n import _
from crm_core.web import writing

TEMPLATES = {
    "layout": "<a>{{ first }}{% block head %}{{ first }}-{{ second }}{% endblock %}|{% block main %}none{% endblock %}</a>{{ second }}",
    "page": "{% extends 'layout' %}{% from 'parts' import said, around %}{% block head %}{{ super() }}!{% endblock %}"
            "{% block main %}{% for one in many %}{{ loop.index }}{{ one }}{{ said(one, second) }}{% include 'part' %}{% else %}{{ first }}{% endfor %}"
            "{% set kept %}<i>{{ first }}</i>{{ second }}{% endset %}{{ kept }}{{ kept|e }}{{ kept ~ first }}"
            "{% call around(first) %}{{ second }}<u>{% endcall %}{% filter upper %}{{ first }}<x>{% endfilter %}"
            "{% autoescape false %}{{ number }}{{ first }}{% endautoescape %}{{ first|safe }}{{ 'fest <' }}{{ number }}{% endblock %}",
    "parts": "{% macro said(a, b) %}{{ a }}<b>{{ b }}</b>{% endmacro %}{% macro around(a) %}({{ a }}{{ caller() }}){% endmacro %}",
    "part": "<p>{{ first }}{% if number %}{{ number }}{% endif %}</p>",
    "odd": "{{ first }}",
    "volatile": "{% autoescape number > 0 %}{{ first }}{{ second }}{% endautoescape %}",
}


class Said:
    def __html__(self) -> str:
        return "<said>"


def environment(kind: Any) -> Any:
    app = flask.Flask("writing")
    app.jinja_environment = kind
    app.jinja_options = {"undefined": StrictUndefined, "autoescape": True}
    app.jinja_env.loader = DictLoader(TEMPLATES)
    return app.jinja_env


OURS, THEIRS = environment(writing.Environment), environment(flask.templating.Environment)
values = st.one_of(st.text(alphabet="ab<>&'\"客户", max_size=6), st.builds(Markup, st.text(max_size=4)), st.integers(), st.none(), st.builds(Said), st.just(_("Customers")))


@pytest.mark.parametrize("name", ["page", "layout", "part", "odd", "volatile"])
@given(first=st.text(alphabet="ab<>&'\"客户", max_size=6), second=values, many=st.lists(values, max_size=3), number=st.integers(0, 2))
def test_what_comes_out_is_what_jinja_writes(name: str, first: str, second: Any, many: list[Any], number: int) -> None:
    said = {"first": first, "second": second, "many": many, "number": number}
    assert OURS.get_template(name).render(said) == THEIRS.get_template(name).render(said)


def test_what_is_typed_stays_text() -> None:
    assert OURS.get_template("odd").render(first="<script>'\"&") == "&lt;script&gt;&#39;&#34;&amp;"
    assert OURS.from_string("{{ first.missing is defined }}").render(first="") == "False"


def test_an_output_is_handed_on_in_one_piece() -> None:
    pieces = [list(kind.get_template("layout").generate(first="a", second="b")) for kind in (OURS, THEIRS)]
    assert "".join(pieces[0]) == "".join(pieces[1]) and len(pieces[0]) < len(pieces[1])
