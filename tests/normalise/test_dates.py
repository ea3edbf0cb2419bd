from datetime import UTC, date, datetime

import pytest

from pipeline.normalise.dates import day_in, parsed_moment


@pytest.mark.parametrize(
    ("value", "instant", "precision", "zoned"),
    [
        ("2019-11-26", datetime(2019, 11, 26, tzinfo=UTC), "day", False),
        ("2019-11", datetime(2019, 11, 1, tzinfo=UTC), "month", False),
        ("2019", datetime(2019, 1, 1, tzinfo=UTC), "year", False),
        ("2019-11-26T10:15", datetime(2019, 11, 26, 10, 15, tzinfo=UTC), "minute", False),
        ("2019-11-26 10:15:30", datetime(2019, 11, 26, 10, 15, 30, tzinfo=UTC), "second", False),
        ("2019-11-26T10:15:30.5Z", datetime(2019, 11, 26, 10, 15, 30, tzinfo=UTC), "second", True),
        (
            "2019-11-26T01:15:30+0300",
            datetime(2019, 11, 25, 22, 15, 30, tzinfo=UTC),
            "second",
            True,
        ),
        ("20191126T101530Z", datetime(2019, 11, 26, 10, 15, 30, tzinfo=UTC), "second", True),
        (
            "Tue, 26 Nov 2019 10:15:30 GMT",
            datetime(2019, 11, 26, 10, 15, 30, tzinfo=UTC),
            "second",
            True,
        ),
        ("November 26, 2019", datetime(2019, 11, 26, tzinfo=UTC), "day", False),
        ("Tuesday 26th November 2019", datetime(2019, 11, 26, tzinfo=UTC), "day", False),
        (
            "Nov. 26, 2019 at 10:15 p.m. EST",
            datetime(2019, 11, 27, 3, 15, tzinfo=UTC),
            "minute",
            True,
        ),
        ("July 4, 2019 9:00 am ET", datetime(2019, 7, 4, 13, 0, tzinfo=UTC), "minute", True),
        ("Nov 2019", datetime(2019, 11, 1, tzinfo=UTC), "month", False),
        ("26.11.2019", datetime(2019, 11, 26, tzinfo=UTC), "day", False),
        ("11/26/2019", datetime(2019, 11, 26, tzinfo=UTC), "day", False),
        (
            "Tue Nov 26 2019 10:15:30 GMT+0100 (Central European Standard Time)",
            datetime(2019, 11, 26, 9, 15, 30, tzinfo=UTC),
            "second",
            True,
        ),
        ("2019年11月26日", datetime(2019, 11, 26, tzinfo=UTC), "day", False),
        ("2019년 11월 26일 10:15", datetime(2019, 11, 26, 10, 15, tzinfo=UTC), "minute", False),
    ],
)
def test_dates(value, instant, precision, zoned):
    moment = parsed_moment(value)
    assert (moment.instant, moment.precision, moment.zoned) == (instant, precision, zoned)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "2019-02-30",
        "2019-00-10",
        "2019-13-01",
        "03/04/2019",
        "1019",
        "2019-11-26T25:00",
        "2019-11-26T10:15 13:00 pm",
        "0001-01-01T00:00+14:00",
        "5 apples",
        "2019-11-26T10:15+99:99",
    ],
)
def test_what_is_no_date(value):
    assert parsed_moment(value) is None


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2021-03-02T23:30:00-05:00", date(2021, 3, 2)),
        ("2021-03-02T23:30:00Z", date(2021, 3, 2)),
        ("3 March 2021, 1:10 am MSK", date(2021, 3, 3)),
        ("2021-03-02", date(2021, 3, 2)),
        ("2021-03", None),
        ("2021", None),
    ],
)
def test_the_day_is_that_of_the_zone_it_came_with(value, day):
    assert parsed_moment(value).day == day


@pytest.mark.parametrize(
    ("value", "clock"),
    [
        ("2021-03-02T23:30:00-05:00", "2021-03-02T23:30:00"),
        ("2021-03-02T23:30:00", "2021-03-02T23:30:00"),
    ],
)
def test_the_clock_is_as_written(value, clock):
    assert parsed_moment(value).clock.isoformat() == clock


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("发布时间：2021年3月2日 来源", date(2021, 3, 2)),
        ("입력 2021년 3월 2일", date(2021, 3, 2)),
        ("Posted on 2 March 2021 in News", date(2021, 3, 2)),
        ("12021年3月2日", None),
    ],
)
def test_a_day_within_words(text, day):
    moment = day_in(text)
    assert (moment and moment.day) == day
