from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from switch.records.columns import Stamp

ZONES = st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001
DIALECT = sqlite.dialect()


@given(MOMENTS)
def test_sqlite_gets_the_text_that_its_own_type_makes(moment: datetime) -> None:
    theirs = sqlite.DATETIME().bind_processor(DIALECT)  # type: ignore[no-untyped-call]
    ours = Stamp().dialect_impl(DIALECT).bind_processor(DIALECT)
    assert ours is not None
    assert theirs is not None
    assert ours(moment) == theirs(moment.astimezone(UTC))


def test_no_moment_is_null() -> None:
    ours = Stamp().dialect_impl(DIALECT).bind_processor(DIALECT)
    assert ours is not None
    assert ours(None) is None
