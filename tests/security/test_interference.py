"""S2: two houses that differ only in what somebody may not see give him the same bytes, whatever he asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crm_core.kernel import clock
from tests.security import pairs
from tests.security.conftest import copied, copied_on_postgres
from tests.security.house import NOW, House
from tests.security.pairs import Difference, Question, answer
from tests.security.watch import Watch, watched
from tests.support.postgres import Cluster

Pair = tuple[House, Watch, House, Watch]


@pytest.fixture(scope="module")
def pair(house_template: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The same house twice, with the same keys and sessions."""
    with clock.freeze(NOW):
        one, other = (copied(house_template, tmp_path_factory.mktemp(name)) for name in ("one", "other"))
        with watched(one) as first, watched(other) as second:
            yield one, first, other, second
        one.world.site.engines.dispose()
        other.world.site.engines.dispose()


def differences(pair: Pair, who: str, asked: list[Question]) -> list[str]:
    """The questions that are answered otherwise, with the first line that differs."""
    one, _first_watch, other, _second_watch = pair
    wrong = []
    for question in asked:
        left, right = answer(one, who, question), answer(other, who, question)
        if left != right:
            wrong.append(f"{who} {question.method} {question.path} {question.body or question.data or ''}: {_first(left, right)}")
    return wrong


def _first(left: str, right: str) -> str:
    for a, b in zip(left.splitlines(), right.splitlines(), strict=False):
        if a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            return f"{a[max(0, at - 60):at + 60]!r} / {b[max(0, at - 60):at + 60]!r}"
    return "one is longer"


BRIEFLY = [pairs.details, pairs.doings]
WHOLE = [pairs.more_records, pairs.renamed, *BRIEFLY]
# Who; what he may not see of it, and so must not notice; of the questions each n-th.
CASES: list[tuple[str, list[Difference], int]] = [
    ("tom", WHOLE, 1), ("dora", WHOLE, 3), ("nobody", WHOLE, 5), ("ann", BRIEFLY, 1), ("nora", BRIEFLY, 2), ("bea", BRIEFLY, 1),
]


@pytest.mark.parametrize(("who", "changes", "nth"), CASES, ids=[case[0] for case in CASES])
def test_what_one_may_not_see_changes_nothing_that_one_sees(pair: Pair, who: str, changes: list[Difference], nth: int) -> None:
    differ(pair, changes)
    asked = pairs.questions(pair[0], who)[::nth] + pairs.acts(pair[0], who)
    assert differences(pair, who, asked) == []


def differ(pair: Pair, changes: list[Difference], both: Sequence[Difference] = ()) -> None:
    """Let them differ in this, an hour later, and in nothing else; `both` happens in each."""
    one, first, other, second = pair
    first.restore()
    second.restore()
    with clock.freeze(NOW + dt.timedelta(hours=1)):
        for change in both:
            change(one)
            change(other)
        for change in changes:
            change(other)


def test_what_a_field_rule_hides_changes_nothing_that_one_sees(pair: Pair) -> None:
    differ(pair, [pairs.hidden_fields(1)])
    pairs.hidden_fields(0)(pair[0])
    assert differences(pair, "hal", pairs.questions(pair[0], "hal") + pairs.acts(pair[0], "hal")) == []


def test_nor_for_whom_a_colleague_shares_a_record(pair: Pair) -> None:
    """One record more is Ann's to read, in lists, counts, search, the interface: with it she notices no more of the others."""
    door = [Question("GET", "/core/customer"), Question("GET", f"/core/customer/{pair[0].records['core.customer']['bob']}", api=True)]
    differ(pair, BRIEFLY, [pairs.shared("bob", "ann")])
    assert "CANARYBOB" in answer(pair[0], "ann", door[1])
    assert differences(pair, "ann", door + pairs.questions(pair[0], "ann")[::11] + pairs.acts(pair[0], "ann")[::9]) == []
    differ(pair, [pairs.shared("bob", "ann")])  # negative control: shared in one house only
    assert len(differences(pair, "ann", door)) == 2
    assert differences(pair, "tom", door) == []


def test_nor_does_what_waits_for_review(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dora reads Ann's customers: of a contact and a customer that Ann has entered and nobody has reviewed she notices nothing."""
    differ(pair, [pairs.waiting], [pairs.reviews])
    asked = pairs.questions(pair[0], "dora")
    assert differences(pair, "dora", asked[::17] + pairs.acts(pair[0], "dora")[::9]) == []
    door = [Question("GET", "/core/contact"), Question("GET", "/core/customer"), Question("GET", f"/core/customer/{pair[0].records['core.customer']['ann']}")]
    assert differences(pair, "dora", door) == [] and len(differences(pair, "ann", door)) == 3
    monkeypatch.setattr("crm_core.features.approvals.rules.unseen", lambda *_whatever: None)  # negative control
    for house in (pair[0], pair[2]):
        house.world.site.cache.clear()
    assert len(differences(pair, "dora", door)) == 3


def test_nor_does_what_waits_for_approval(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sue's customer is handed in, refused, handed in again: who does not see it notices nothing, by numbers neither."""
    differ(pair, [pairs.handed_in], [pairs.flows])
    sue = pair[0].records["core.customer"]["sue"]
    door = [Question("GET", path) for path in ("/", "/approvals", "/approvals?look=asked", "/approvals?look=every", "/approvals/1", "/approvals/2", "/approvals/2/agree",
                                               "/flows", "/flows/1", "/core/task", "/core/customer", f"/core/customer/{sue}", f"/core/customer/{sue}/print")]
    door += [Question("POST", f"/approvals/{number}/{verb}", (("opinion", "x"),)) for number in (1, 2, 3) for verb in ("agree", "withdraw")]
    door += [Question("POST", "/approvals/agree", (("id", "2.1"),)), Question("POST", f"/core/customer/{sue}/submit")]
    door += [Question(method, f"/core/customer/{sue}", api=True, body={"note": "x"} if method == "PATCH" else None) for method in ("PATCH", "DELETE")]
    for who in ("ann", "tom", "bea"):
        assert differences(pair, who, door) == []
    assert differences(pair, "ann", pairs.questions(pair[0], "ann")[::19]) == []
    assert len(differences(pair, "boss", door[:3])) >= 2, "negative control: who is asked"
    monkeypatch.setattr("crm_core.features.approvals.telling.may_see", lambda _found: True)  # negative control
    assert len(differences(pair, "ann", door)) >= 2


@pytest.mark.parametrize("who", ["ann", "dora", "nora"])
def test_the_recycle_bin_counts_what_one_may_see(pair: Pair, who: str) -> None:
    """One act took records of several people: everybody meets his own there, as if it had been those alone."""
    differ(pair, [pairs.together_gone])
    with clock.freeze(NOW + dt.timedelta(hours=1)):
        pairs.alone_gone(pair[0])
    assert differences(pair, who, [Question("GET", "/recycle"), Question("GET", "/"), Question("GET", "/core/customer")]) == []


_TEXT = st.text("ab 1北京CANARY", min_size=1, max_size=12).filter(str.strip)
# What may happen to others' records behind one's back: whole changes, and fields with whatever values.
_FIELDS = st.fixed_dictionaries({}, optional=dict.fromkeys(("legal_representative", "note", "phone", "postcode"), _TEXT))


def _fields(values: dict[str, str]) -> Difference:
    return pairs.of_sue({name: f"13{len(text)}{text}" if name == "phone" else text for name, text in values.items()})


_HIDDEN = st.tuples(st.lists(_FIELDS.map(_fields), max_size=3), st.sets(st.sampled_from(range(len(BRIEFLY))))).map(
    lambda drawn: [*drawn[0], *(BRIEFLY[at] for at in sorted(drawn[1]))])


@settings(max_examples=10, deadline=None, database=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(who=st.sampled_from(["tom", "ann", "bea", "dora"]), changes=_HIDDEN, start=st.integers(0, 40))
def test_whatever_happens_to_it(pair: Pair, who: str, changes: list[Difference], start: int) -> None:
    differ(pair, changes)
    assert differences(pair, who, pairs.questions(pair[0], who)[start::41]) == []


@pytest.mark.parametrize(("who", "changes"), [("tom", WHOLE), ("ann", BRIEFLY)], ids=["tom", "ann"])
def test_nor_on_postgresql(
    postgres_template_house: House, postgres: Cluster, tmp_path_factory: pytest.TempPathFactory, who: str, changes: list[Difference]
) -> None:
    """Search, plans and the order of nulls are other code there."""
    homes = [tmp_path_factory.mktemp(name) for name in ("one", "other")]
    with (
        clock.freeze(NOW), copied_on_postgres(postgres_template_house, postgres, homes[0]) as one,
        copied_on_postgres(postgres_template_house, postgres, homes[1]) as other, watched(one) as first, watched(other) as second,
    ):
        pair = one, first, other, second
        differ(pair, changes)
        assert differences(pair, who, pairs.questions(one, who)[::11]) == []


def test_without_the_gate_it_is_noticed(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the scope of every read is everything."""
    from crm_core.access import gate
    from crm_core.access.scope import EVERYTHING

    differ(pair, WHOLE)
    asked = [Question("GET", f"/core/customer/{pair[0].records['core.customer']['sue']}")]
    assert differences(pair, "tom", asked) == []
    monkeypatch.setattr(gate, "scope_for", lambda *_whatever: EVERYTHING)
    assert len(differences(pair, "tom", asked)) == 1


def test_without_field_rules_it_is_noticed(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_core.access.actor import Actor

    differ(pair, [pairs.hidden_fields(1)])
    pairs.hidden_fields(0)(pair[0])
    monkeypatch.setattr(Actor, "rule", lambda *_whatever: None)
    asked = [Question("GET", f"/core/customer/{pair[0].records['core.customer']['hal']}", api=True)]
    assert len(differences(pair, "hal", asked)) == 1
