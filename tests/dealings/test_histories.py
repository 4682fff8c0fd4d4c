"""Forty customers whose dealings were written down by hand, each with the stage a person gave him who saw the days and the sums."""

import pytest

from crm_core.features.dealings import histories
from crm_core.features.dealings.histories import Rules
from crm_core.features.dealings.models import Churn, Stage, Why

TODAY = 740_000
HOUSE = 100_000  # what is usual at a time
TRIAL, GROWING, STABLE, DECLINING = Stage.trial, Stage.growing, Stage.stable, Stage.declining
Days = list[tuple[int, int | None]]


def every(gap: int, times: int, last: int, amount: int = 100_000, to: int | None = None) -> Days:
    """So many dealings with this gap, the last so many days ago; the amount goes evenly from `amount` to `to`."""
    return [(last + gap * (times - 1 - n), amount + ((to or amount) - amount) * n // max(times - 1, 1)) for n in range(times)]


def read(days: Days) -> histories.Facts:
    told = sorted(days, reverse=True)
    facts = histories.read([TODAY - ago for ago, _amount in told], [amount for _ago, amount in told], TODAY)
    assert facts is not None
    return facts


# What a person said who looked at it. (days ago, hundredths)
FORTY: list[tuple[str, Days, Stage]] = [
    ("his first order, last week", [(7, 80_000)], TRIAL),
    ("his first order, a hundred days ago: he may still come back", [(100, 80_000)], TRIAL),
    ("one order, ten months ago, nothing since", [(300, 80_000)], DECLINING),
    ("two orders, two months apart", [(70, 90_000), (10, 95_000)], TRIAL),
    ("two orders last year, then nothing", [(420, 90_000), (360, 95_000)], DECLINING),
    ("three orders within six weeks: too new to say", [(42, 90_000), (20, 90_000), (3, 90_000)], TRIAL),
    ("three orders in four months", [(120, 90_000), (60, 90_000), (5, 90_000)], GROWING),
    ("five monthly orders", every(30, 5, 4), GROWING),
    ("eight monthly orders, not yet a year", every(30, 8, 4), GROWING),
    ("monthly for fourteen months", every(30, 14, 4), STABLE),
    ("monthly for three years", every(30, 36, 12), STABLE),
    ("weekly for two years", every(7, 104, 3), STABLE),
    ("weekly for two years, then two months of nothing", every(7, 104, 63), DECLINING),
    ("weekly for two years, three weeks of nothing: a holiday", every(7, 104, 21), STABLE),
    ("monthly for two years, five weeks late", every(30, 24, 65), STABLE),
    ("monthly for two years, four months of nothing", every(30, 24, 125), DECLINING),
    ("a stand at the fair each year, for six years", every(365, 6, 200), STABLE),
    ("a stand at the fair each year, three years now", every(365, 3, 200), GROWING),
    ("a stand at the fair each year, but not at the last three", every(365, 6, 1_300), DECLINING),
    ("spring and autumn fair for four years", every(182, 8, 60), STABLE),
    ("spring and autumn fair, two years missed", every(182, 8, 800), DECLINING),
    ("quarterly for two years, same sums", every(91, 9, 30), STABLE),
    ("quarterly, each time for more: doubled within the year", every(91, 9, 30, 40_000, 200_000), GROWING),
    ("monthly, each time for less: a third of what it was", every(30, 24, 5, 300_000, 30_000), DECLINING),
    ("monthly, sums slowly shrinking, still much of them", every(30, 24, 5, 120_000, 90_000), STABLE),
    ("monthly, then every ten weeks with the same sum each", [*every(30, 12, 370), *every(73, 5, 10)], DECLINING),
    ("monthly, then every ten weeks, each for twice as much", [*every(30, 12, 370), *every(73, 5, 10, 220_000)], DECLINING),
    ("from every four months to every other one", [*every(120, 4, 369), *every(60, 6, 10)], GROWING),
    ("samples only: four tiny orders within half a year", every(50, 4, 10, 4_000), TRIAL),
    ("the same four orders, of a usual size", every(50, 4, 10, 90_000), GROWING),
    ("ten tiny orders within two years: he never went past samples", every(70, 10, 10, 3_000), TRIAL),
    ("an order of a usual size after samples", [*every(50, 4, 60, 4_000), (5, 400_000)], GROWING),
    ("subscribes each year, sums unknown", [(ago, None) for ago in (1_900, 1_535, 1_170, 805, 440, 75)], STABLE),
    ("subscribed each year, sums unknown, two renewals missed", [(ago, None) for ago in (2_700, 2_335, 1_970, 1_605, 1_240, 1_140)], DECLINING),
    ("monthly, but all of the last year was given back", [*every(30, 24, 5), *[(ago, -100_000) for ago in range(4, 340, 30)]], DECLINING),
    ("monthly, one order given back", [*every(30, 24, 5), (4, -100_000)], STABLE),
    ("one cancelled order beside his first two", [(80, 90_000), (40, 0), (10, 90_000)], TRIAL),
    ("came back after two years away: one order", [*every(30, 12, 900), (10, 100_000)], GROWING),
    ("irregular for three years: 20 to 90 days, about the same", [(ago, 100_000) for ago in (1_090, 1_010, 985, 900, 860, 780, 700, 680, 600, 530, 500, 430, 380, 300, 260, 200, 130, 90, 30)], STABLE),
    ("irregular for three years, then a year of nothing", [(ago, 100_000) for ago in (1_390, 1_310, 1_285, 1_200, 1_160, 1_080, 1_000, 980, 900, 830, 800, 730, 680, 600, 560, 500, 430, 390)], DECLINING),
]


@pytest.mark.parametrize(("days", "given"), [(days, given) for _said, days, given in FORTY], ids=[said for said, _days, _given in FORTY])
def test_the_rules_say_what_a_person_says(days: Days, given: Stage) -> None:
    facts = read(days)
    found, why = histories.stage(facts, Rules(), HOUSE)
    assert found is given, (why, facts)


def test_there_are_forty_and_every_rule_decides_one_of_them() -> None:
    assert len(FORTY) == 40
    assert {histories.stage(read(days), Rules(), HOUSE)[1] for _said, days, _given in FORTY} == set(Why)


def test_each_signal_alone_changes_the_stage() -> None:
    def stage(days: Days) -> Stage:
        return histories.stage(read(days), Rules(), HOUSE)[0]

    monthly = every(30, 24, 5)
    assert stage(monthly) is STABLE
    assert stage([(ago + 120, amount) for ago, amount in monthly]) is DECLINING, "recency: the same days, longer ago"
    assert stage([(ago, amount) for ago, amount in monthly if ago > 365 or ago % 90 == 5]) is DECLINING, "frequency: fewer of them"
    assert stage([(ago, 10_000) for ago, _amount in monthly]) is TRIAL, "amount: the same days, for little"
    assert stage([(ago, 160_000 if ago < 365 else 100_000) for ago, _amount in monthly]) is GROWING, "trend: the same days, for more of late"


def test_rules_of_the_house_move_the_borders() -> None:
    quiet = read(every(30, 24, 80))
    assert histories.stage(quiet, Rules(), HOUSE)[0] is STABLE
    assert histories.stage(quiet, Rules(silence=200), HOUSE)[0] is DECLINING
    assert histories.stage(read(every(30, 5, 4)), Rules(stable_deals=5, stable_days=100), HOUSE)[0] is STABLE
    assert histories.stage(read([(7, 80_000)]), Rules(trial_deals=1, trial_days=0), HOUSE)[0] is GROWING


def test_a_growing_customer_is_warned_of_before_he_falls() -> None:
    silences = range(5, 120)
    stages = [histories.stage(read(every(30, 5, last)), Rules(), HOUSE)[0] for last in silences]
    warned = [histories.falls_in(read(every(30, 5, last)), stage, Rules()) for last, stage in zip(silences, stages, strict=True)]
    fell = stages.index(DECLINING)
    assert stages[fell - 1] is GROWING and warned[fell - 1] == 1 and warned[fell] is None
    first = next(n for n, days in enumerate(warned) if days is not None)
    assert fell - first == warned[first], "it says in how many days he falls, and that is so"
    assert 20 < fell - first < 40 and warned[0] is None


def test_silence_is_unusual_by_his_own_measure() -> None:
    assert histories.churn(read(every(30, 12, 46)), Rules()) is Churn.silent
    assert histories.churn(read(every(30, 12, 44)), Rules()) is None
    assert histories.churn(read(every(90, 12, 46)), Rules()) is None, "who comes every three months is not silent"
    uneven: Days = [(1_000 - 40 * n - (30 if n % 2 else 0), 100_000) for n in range(20)]
    last = min(ago for ago, _amount in uneven)
    shifted = [(ago - last + 60, amount) for ago, amount in uneven]
    assert histories.churn(read(shifted), Rules()) is None, "nor who comes now after ten and now after seventy days"
    assert histories.churn(read(every(30, 3, 90)), Rules()) is None, "three are no habit to be broken"


def test_three_small_dealings_in_a_row_are_a_fall() -> None:
    usual = every(30, 9, 100)
    assert histories.churn(read([*usual, (70, 50_000), (40, 40_000), (10, 30_000)]), Rules()) is Churn.smaller
    assert histories.churn(read([*usual, (70, 100_000), (40, 100_000), (10, 3_000)]), Rules()) is None, "one small one is none"


def test_nothing_is_known_of_who_never_bought() -> None:
    assert histories.read([], [], TODAY) is None
    assert histories.read([TODAY - 5, TODAY - 3], [0, -100], TODAY) is None, "a cancelled order and something given back are no dealing"
