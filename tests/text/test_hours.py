"""Opening hours as people write them, in both languages; what is none is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.text import hours

OFFICE = "Mon-Fri 09:00-12:00, 13:30-18:00; Sat 09:00-12:00"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Mon-Fri 9:00-12:00, 13:30-18:00; Sat 9-12", OFFICE),
        ("周一至周五 9:00-12:00、13:30-18:00；周六 9点-12点", OFFICE),
        ("周一到五：９：００－１２：００，13:30～18:00。星期六 上午9点-12点", OFFICE),
        ("Mo-Fr 9am-12pm and 1.30pm-6pm / Saturdays 9 to 12", OFFICE),
        ("Mon-Fri 9-12; Mon-Fri 13:30-18:00; Sat 9-12", OFFICE),
        ("9-18", "Mon-Sun 09:00-18:00"),
        ("daily 9am-5pm; Sun closed", "Mon-Sat 09:00-17:00"),
        ("每天 8:30-17:30，周末 10点半-16点", "Mon-Fri 08:30-17:30; Sat-Sun 10:30-16:00"),
        ("工作日 9:00-17:30；周末 休息", "Mon-Fri 09:00-17:30"),
        ("周一、三、五 下午2点-5点半 周二 24小时", None),
        ("周一、三、五 下午2点-下午5点半", "Mon 14:00-17:30; Wed 14:00-17:30; Fri 14:00-17:30"),
        ("Fri-Mon 10-16", "Mon 10:00-16:00; Fri-Sun 10:00-16:00"),
        ("24h", "Mon-Sun 00:00-24:00"),
        *((nothing, None) for nothing in ("", "mon", "closed", "by appointment", "Mon 12-9", "Mon 9-12, 11-14", "25-26", "9:60-10", "Monthly 9-12", "12345", "9-", "Mon 22-02")),
    ],
)
def test_a_week_is_read_and_kept_in_one_form(text: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(ValueError):
            hours.read(text)
    else:
        assert hours.write(hours.read(text)) == kept


_DAY = st.lists(st.integers(0, 24 * 60), min_size=0, max_size=8, unique=True).map(
    lambda found: tuple(zip(sorted(found)[: len(found) // 2 * 2 : 2], sorted(found)[1 : len(found) // 2 * 2 : 2], strict=True)))


@given(st.lists(_DAY, min_size=7, max_size=7).filter(any).map(tuple))
def test_what_is_written_in_either_language_is_read_as_the_same_week(week: hours.Week) -> None:
    assert hours.read(hours.write(week)) == hours.read(hours.write_chinese(week)) == week
