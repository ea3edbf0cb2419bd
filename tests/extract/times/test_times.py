"""Temporal expressions found and resolved in whole sentences."""

import itertools
import time
from datetime import date

import pytest

from pipeline.extract.times import READERS, find_times
from pipeline.extract.times.grammar import RULES

pytestmark = pytest.mark.model

TUESDAY = date(2019, 11, 26)

CASES = [
    (
        "The bridge opened on Nov. 26, 2018 after delays.",
        "Nov. 26, 2018",
        "2018-11-26",
        "2018-11-26 2018-11-26",
    ),
    (
        "The bridge opened on 26 November 2018 after delays.",
        "26 November 2018",
        "2018-11-26",
        "2018-11-26 2018-11-26",
    ),
    (
        "The bridge opened on November 26th, 2018.",
        "November 26th, 2018",
        "2018-11-26",
        "2018-11-26 2018-11-26",
    ),
    (
        "The treaty dates from the 4th of March 1997.",
        "the 4th of March 1997",
        "1997-03-04",
        "1997-03-04 1997-03-04",
    ),
    (
        "The ministers met on Tuesday, Nov. 19, in Oslo.",
        "Tuesday, Nov. 19",
        "2019-11-19",
        "2019-11-19 2019-11-19",
    ),
    ("The ministers met on Sept. 3 in Oslo.", "Sept. 3", "2019-09-03", "2019-09-03 2019-09-03"),
    (
        "The ministers will meet on Jan. 14 in Oslo.",
        "Jan. 14",
        "2020-01-14",
        "2020-01-14 2020-01-14",
    ),
    (
        "The ministers will meet Dec. 3-4 in Oslo.",
        "Dec. 3-4",
        "2019-12-03/2019-12-04",
        "2019-12-03 2019-12-04",
    ),
    (
        "The ministers will meet from Nov. 30-Dec. 2 in Oslo.",
        "Nov. 30-Dec. 2",
        "2019-11-30/2019-12-02",
        "2019-11-30 2019-12-02",
    ),
    (
        "The fair ran on 3-5 March 2018.",
        "3-5 March 2018",
        "2018-03-03/2018-03-05",
        "2018-03-03 2018-03-05",
    ),
    ("The order was signed on 2019-03-07.", "2019-03-07", "2019-03-07", "2019-03-07 2019-03-07"),
    ("The order was signed on 03/07/2019.", "03/07/2019", "2019-03-07", "2019-03-07 2019-03-07"),
    ("The order was signed on 27/03/2019.", "27/03/2019", "2019-03-27", "2019-03-27 2019-03-27"),
    ("The order was signed on 27.03.2019.", "27.03.2019", "2019-03-27", "2019-03-27 2019-03-27"),
    ("He left in November 2017.", "November 2017", "2017-11", "2017-11-01 2017-11-30"),
    ("He left in mid-July.", "mid-July", "2019-07", "2019-07-01 2019-07-31"),
    ("He left in late July 2015.", "late July 2015", "2015-07", "2015-07-01 2015-07-31"),
    ("The factory will open in July.", "July", "2020-07", "2020-07-01 2020-07-31"),
    ("The factory opened in July.", "July", "2019-07", "2019-07-01 2019-07-31"),
    ("The factory opened last May.", "last May", "2019-05", "2019-05-01 2019-05-31"),
    (
        "The factory opened in June of last year.",
        "June of last year",
        "2018-06",
        "2018-06-01 2018-06-30",
    ),
    ("The talks should run until April.", "April", "2020-04", "2020-04-01 2020-04-30"),
    ("It must be done by April 2020.", "April 2020", "2020-04", "2020-04-01 2020-04-30"),
    ("He served from 2003-2007 as mayor.", "2003-2007", "2003/2007", "2003-01-01 2007-12-31"),
    ("She was born in 1948.", "1948", "1948", "1948-01-01 1948-12-31"),
    ("Prices fell in early 2019.", "early 2019", "2019", "2019-01-01 2019-12-31"),
    ("Prices fell in the 1990s.", "the 1990s", "199", "1990-01-01 1999-12-31"),
    ("Prices fell in the early '80s.", "the early '80s", "198", "1980-01-01 1989-12-31"),
    ("Trade grew in the 19th century.", "the 19th century", "18", "1800-01-01 1899-12-31"),
    ("Profits fell in fiscal 2018.", "fiscal 2018", "2018", "2018-01-01 2018-12-31"),
    ("Profits fell in the third quarter.", "the third quarter", "2019-Q3", "2019-07-01 2019-09-30"),
    ("Profits fell in Q2 2018.", "Q2 2018", "2018-Q2", "2018-04-01 2018-06-30"),
    (
        "Profits will rise in the second quarter.",
        "the second quarter",
        "2020-Q2",
        "2020-04-01 2020-06-30",
    ),
    (
        "Profits rose in the second quarter of 2017.",
        "the second quarter of 2017",
        "2017-Q2",
        "2017-04-01 2017-06-30",
    ),
    ("Third-quarter profits fell.", "Third-quarter", "2019-Q3", "2019-07-01 2019-09-30"),
    (
        "Growth will slow in the first half of next year.",
        "the first half of next year",
        "2020-H1",
        "2020-01-01 2020-06-30",
    ),
    (
        "Growth slowed in the second half of 2018.",
        "the second half of 2018",
        "2018-H2",
        "2018-07-01 2018-12-31",
    ),
    ("Growth slowed in H1 2018.", "H1 2018", "2018-H1", "2018-01-01 2018-06-30"),
    ("The mayor spoke on Tuesday.", "Tuesday", "2019-11-26", "2019-11-26 2019-11-26"),
    ("The mayor spoke on Monday.", "Monday", "2019-11-25", "2019-11-25 2019-11-25"),
    ("The mayor will speak on Friday.", "Friday", "2019-11-29", "2019-11-29 2019-11-29"),
    ("The mayor will speak on Monday.", "Monday", "2019-12-02", "2019-12-02 2019-12-02"),
    ("The mayor resigned last Friday.", "last Friday", "2019-11-22", "2019-11-22 2019-11-22"),
    ("The council votes next Thursday.", "next Thursday", "2019-11-28", "2019-11-28 2019-11-28"),
    (
        "The mayor resigned on Monday of last week.",
        "Monday of last week",
        "2019-11-18",
        "2019-11-18 2019-11-18",
    ),
    (
        "Police raided the office late Sunday night.",
        "late Sunday night",
        "2019-11-24TNI",
        "2019-11-24 2019-11-24",
    ),
    ("Voters go to the polls this Sunday.", "this Sunday", "2019-12-01", "2019-12-01 2019-12-01"),
    ("The mayor spoke today.", "today", "2019-11-26", "2019-11-26 2019-11-26"),
    (
        "The mayor spoke yesterday morning.",
        "yesterday morning",
        "2019-11-25TMO",
        "2019-11-25 2019-11-25",
    ),
    ("The mayor will speak tomorrow.", "tomorrow", "2019-11-27", "2019-11-27 2019-11-27"),
    (
        "The mayor spoke the day before yesterday.",
        "the day before yesterday",
        "2019-11-24",
        "2019-11-24 2019-11-24",
    ),
    ("The mayor spoke this morning.", "this morning", "2019-11-26TMO", "2019-11-26 2019-11-26"),
    ("The mayor spoke last night.", "last night", "2019-11-25TNI", "2019-11-25 2019-11-25"),
    ("The mayor resigned last week.", "last week", "2019-W47", "2019-11-18 2019-11-24"),
    (
        "The mayor resigned earlier this week.",
        "earlier this week",
        "2019-W48",
        "2019-11-25 2019-11-26",
    ),
    (
        "The mayor resigned earlier this month.",
        "earlier this month",
        "2019-11",
        "2019-11-01 2019-11-26",
    ),
    ("The mayor resigned earlier this year.", "earlier this year", "2019", "2019-01-01 2019-11-26"),
    ("The mayor will resign later this year.", "later this year", "2019", "2019-11-26 2019-12-31"),
    ("The mayor will resign next month.", "next month", "2019-12", "2019-12-01 2019-12-31"),
    ("The mayor resigned late last year.", "late last year", "2018", "2018-01-01 2018-12-31"),
    (
        "The mayor will resign at the end of the month.",
        "the end of the month",
        "2019-11",
        "2019-11-01 2019-11-30",
    ),
    ("The mayor will resign by year-end.", "year-end", "2019-12-31", "2019-12-31 2019-12-31"),
    ("The mayor resigned two days ago.", "two days ago", "2019-11-24", "2019-11-24 2019-11-24"),
    ("The mayor resigned three weeks ago.", "three weeks ago", "2019-W45", "2019-11-04 2019-11-10"),
    ("The mayor resigned five months ago.", "five months ago", "2019-06", "2019-06-01 2019-06-30"),
    (
        "The mayor resigned nearly ten years ago.",
        "nearly ten years ago",
        "2009",
        "2009-01-01 2009-12-31",
    ),
    ("The mayor resigned several years ago.", "several years ago", "PAST_REF", ""),
    ("The mayor will resign in two weeks.", "two weeks", "P2W", ""),
    ("The office closed over the weekend.", "the weekend", "2019-W47-WE", "2019-11-23 2019-11-24"),
    ("The office will close next weekend.", "next weekend", "2019-W49-WE", "2019-12-07 2019-12-08"),
    ("The town flooded last summer.", "last summer", "2019-SU", "2019-06-01 2019-08-31"),
    (
        "The town flooded in the spring of 2016.",
        "the spring of 2016",
        "2016-SP",
        "2016-03-01 2016-05-31",
    ),
    ("The town flooded this past winter.", "this past winter", "2018-WI", "2018-12-01 2019-02-28"),
    ("The town voted on Christmas Eve.", "Christmas Eve", "2019-12-24", "2019-12-24 2019-12-24"),
    (
        "The town celebrated Thanksgiving 2018.",
        "Thanksgiving 2018",
        "2018-11-22",
        "2018-11-22 2018-11-22",
    ),
    ("The town celebrated Easter 2019.", "Easter 2019", "2019-04-21", "2019-04-21 2019-04-21"),
    (
        "The guns fell silent at 3 p.m. on Monday.",
        "3 p.m. on Monday",
        "2019-11-25T15:00",
        "2019-11-25 2019-11-25",
    ),
    (
        "The guns fell silent at 10:35 a.m. Monday.",
        "10:35 a.m. Monday",
        "2019-11-25T10:35",
        "2019-11-25 2019-11-25",
    ),
    (
        "The guns fell silent at noon Saturday.",
        "noon Saturday",
        "2019-11-23T12:00",
        "2019-11-23 2019-11-23",
    ),
    (
        "The guns fell silent at 18:00 GMT.",
        "18:00 GMT",
        "2019-11-26T18:00Z",
        "2019-11-26 2019-11-26",
    ),
    ("The guns fell silent at 5pm.", "5pm", "2019-11-26T17:00", "2019-11-26 2019-11-26"),
    ("The war lasted three months.", "three months", "P3M", ""),
    ("The work will take 5-6 years.", "5-6 years", "P6Y", ""),
    ("The work took two and a half years.", "two and a half years", "P2Y6M", ""),
    ("The work took a year and a half.", "a year and a half", "P1Y6M", ""),
    ("The work took half an hour.", "half an hour", "PT30M", ""),
    ("The work took decades.", "decades", "PXE", ""),
    ("The work took several weeks.", "several weeks", "PXW", ""),
    ("The work took more than four hours.", "more than four hours", "PT4H", ""),
    ("It was a two-hour speech.", "two-hour", "PT2H", ""),
    ("Exports doubled over the past three months.", "the past three months", "P3M", ""),
    ("Exports will double in the next decade.", "the next decade", "202", "2020-01-01 2029-12-31"),
    ("Exports have grown in recent months.", "recent months", "PAST_REF", ""),
    ("Exports may grow in coming years.", "coming years", "FUTURE_REF", ""),
    ("The committee meets every Friday.", "every Friday", "XXXX-WXX-5", ""),
    ("The committee meets on Mondays.", "Mondays", "XXXX-WXX-1", ""),
    ("The committee meets twice a week.", "a week", "P1W", ""),
    ("The committee meets every two years.", "every two years", "P2Y", ""),
    ("The firm pays $5 million a year.", "a year", "P1Y", ""),
    ("The report is printed annually.", "annually", "P1Y", ""),
    ("The shop is now closed.", "now", "PRESENT_REF", ""),
    ("The shop recently closed.", "recently", "PAST_REF", ""),
    ("The shop is currently closed.", "currently", "PRESENT_REF", ""),
    ("The shop may close in the future.", "the future", "FUTURE_REF", ""),
    ("In the past, the shop was busy.", "the past", "PAST_REF", ""),
    (
        "Sales rose compared with the same period last year.",
        "the same period last year",
        "2018",
        "2018-01-01 2018-12-31",
    ),
    (
        "Turkey bought the missiles in nineteen ninety-six.",
        "nineteen ninety-six",
        "1996",
        "1996-01-01 1996-12-31",
    ),
    ("The plan covers twenty-four hours.", "twenty-four hours", "PT24H", ""),
    ("The vote was postponed until Monday.", "Monday", "2019-12-02", "2019-12-02 2019-12-02"),
    ("The strike, due on Monday, was called off.", "Monday", "2019-12-02", "2019-12-02 2019-12-02"),
    ("They are to meet on Thursday.", "Thursday", "2019-11-28", "2019-11-28 2019-11-28"),
    ("They were meeting on Thursday.", "Thursday", "2019-11-21", "2019-11-21 2019-11-21"),
    ("The decade of the 2010s ended.", "the 2010s", "201", "2010-01-01 2019-12-31"),
    (
        "Officials said that last week the road was shut.",
        "last week",
        "2019-W47",
        "2019-11-18 2019-11-24",
    ),
    ("The port closed last Oct. 23.", "last Oct. 23", "2019-10-23", "2019-10-23 2019-10-23"),
    ("A year ago the port closed.", "A year ago", "2018", "2018-01-01 2018-12-31"),
    ("The road shut at the start of 2018.", "the start of 2018", "2018", "2018-01-01 2018-12-31"),
    (
        "The port shut in the middle of October.",
        "the middle of October",
        "2019-10",
        "2019-10-01 2019-10-31",
    ),
    ("The port will shut in the fall.", "the fall", "2019-FA", "2019-09-01 2019-11-30"),
    ("The guard changes at dawn every day.", "every day", "P1D", ""),
    ("The park is open on Tuesday nights.", "Tuesday nights", "XXXX-WXX-2TNI", ""),
    ("The mill burned down three days after the flood.", "three days", "P3D", ""),
    ("The mill is open each summer.", "each summer", "XXXX-SU", ""),
    (
        "The mill burned the night before, nearly a year ago.",
        "nearly a year ago",
        "2018",
        "2018-01-01 2018-12-31",
    ),
    (
        "Sales dropped 4 percent in the latest quarter.",
        "the latest quarter",
        "2019-Q3",
        "2019-07-01 2019-09-30",
    ),
    ("Sales dropped in the quarter.", "the quarter", "2019-Q3", "2019-07-01 2019-09-30"),
    (
        "The firm forecast a loss for the full year.",
        "the full year",
        "2019",
        "2019-01-01 2019-12-31",
    ),
    (
        "The firm forecast a loss for fiscal year 2020.",
        "fiscal year 2020",
        "2020",
        "2020-01-01 2020-12-31",
    ),
    ("The firm forecast a loss for FY19.", "FY19", "2019", "2019-01-01 2019-12-31"),
    ("The mayor arrived in the morning.", "the morning", "2019-11-26TMO", "2019-11-26 2019-11-26"),
    (
        "The mayor arrived at about 7:15 p.m. on Nov. 9.",
        "about 7:15 p.m. on Nov. 9",
        "2019-11-09T19:15",
        "2019-11-09 2019-11-09",
    ),
    (
        "The mayor has been away since last Wednesday.",
        "last Wednesday",
        "2019-11-20",
        "2019-11-20 2019-11-20",
    ),
    (
        "The mayor, who left on Saturday, is back.",
        "Saturday",
        "2019-11-23",
        "2019-11-23 2019-11-23",
    ),
    (
        "The mayor's visit, scheduled for Thursday, has been called off.",
        "Thursday",
        "2019-11-28",
        "2019-11-28 2019-11-28",
    ),
    ("The mayor wants to leave in March.", "March", "2020-03", "2020-03-01 2020-03-31"),
    ("The mayor had planned to leave by Friday.", "Friday", "2019-11-29", "2019-11-29 2019-11-29"),
    ("The mayor might leave in May.", "May", "2020-05", "2020-05-01 2020-05-31"),
    ("In '68 the students marched.", "'68", "1968", "1968-01-01 1968-12-31"),
    (
        "The festival of New Year's Eve drew a crowd.",
        "New Year's Eve",
        "2019-12-31",
        "2019-12-31 2019-12-31",
    ),
    ("The roof took 2 1/2 years to mend.", "2 1/2 years", "P2Y6M", ""),
    ("The roof was mended within weeks.", "weeks", "PXW", ""),
    ("The roof will be mended as soon as possible.", "as soon as possible", "FUTURE_REF", ""),
    ("The trains ran hourly.", "hourly", "PT1H", ""),
    ("The trains ran every other week.", "every other week", "P2W", ""),
    ("The deal covers 2014-16.", "2014-16", "2014/2016", "2014-01-01 2016-12-31"),
    ("The truce held for 10 to 15 minutes.", "10 to 15 minutes", "PT15M", ""),
    ("A ferry sank on Thursday, killing nine.", "Thursday", "2019-11-21", "2019-11-21 2019-11-21"),
    (
        "The senator, a Democrat, said Sunday she would run.",
        "Sunday",
        "2019-11-24",
        "2019-11-24 2019-11-24",
    ),
    (
        "The senator is expected to run on Saturday.",
        "Saturday",
        "2019-11-30",
        "2019-11-30 2019-11-30",
    ),
    (
        "The senator was due to arrive Wednesday.",
        "Wednesday",
        "2019-11-27",
        "2019-11-27 2019-11-27",
    ),
    ("The senator has been ill since Saturday.", "Saturday", "2019-11-23", "2019-11-23 2019-11-23"),
    (
        "The senator hopes to return in the second half.",
        "the second half",
        "2019-H2",
        "2019-07-01 2019-12-31",
    ),
    ("The senator promised in May to return.", "May", "2019-05", "2019-05-01 2019-05-31"),
    ("The senator promised to return in May.", "May", "2020-05", "2020-05-01 2020-05-31"),
    (
        "The senator returned in the first quarter of this year.",
        "the first quarter of this year",
        "2019-Q1",
        "2019-01-01 2019-03-31",
    ),
    (
        "The senator will return in early January.",
        "early January",
        "2020-01",
        "2020-01-01 2020-01-31",
    ),
    ("The senator returned last December.", "last December", "2018-12", "2018-12-01 2018-12-31"),
    ("The senator will return next spring.", "next spring", "2020-SP", "2020-03-01 2020-05-31"),
    ("The plant shut four months ago.", "four months ago", "2019-07", "2019-07-01 2019-07-31"),
    ("The plant shut a decade ago.", "a decade ago", "2009", "2009-01-01 2009-12-31"),
    (
        "The plant will shut the day after tomorrow.",
        "the day after tomorrow",
        "2019-11-28",
        "2019-11-28 2019-11-28",
    ),
    ("The plant shut earlier today.", "earlier today", "2019-11-26", "2019-11-26 2019-11-26"),
    (
        "The plant will shut later this week.",
        "later this week",
        "2019-W48",
        "2019-11-26 2019-12-01",
    ),
    (
        "The plant will shut this afternoon.",
        "this afternoon",
        "2019-11-26TAF",
        "2019-11-26 2019-11-26",
    ),
    (
        "The plant shut around midnight.",
        "around midnight",
        "2019-11-26T24:00",
        "2019-11-26 2019-11-26",
    ),
    ("The plant shut in the 2000s.", "the 2000s", "200", "2000-01-01 2009-12-31"),
    (
        "The plant shut on Boxing Day 2017.",
        "Boxing Day 2017",
        "2017-12-26",
        "2017-12-26 2017-12-26",
    ),
    ("The plant has been shut for the past two decades.", "the past two decades", "P20Y", ""),
    ("The plant needs a dozen weeks of work.", "a dozen weeks", "P12W", ""),
    ("The plant needs a couple of days of work.", "a couple of days", "P2D", ""),
    ("The plant needs 1,200 hours of work.", "1,200 hours", "PT1200H", ""),
    ("The plant shuts monthly.", "monthly", "P1M", ""),
    ("The plant shuts every other Sunday.", "every other Sunday", "XXXX-WXX-7", ""),
    ("The plant nowadays shuts early.", "nowadays", "PRESENT_REF", ""),
]
"""A sentence with one expression: its words, TIMEX3 value, and first and last day."""


@pytest.mark.parametrize(
    ("sentence", "words", "value", "days"), CASES, ids=[case[0][:60] for case in CASES]
)
def test_expression_is_found_and_resolved(parse, sentence, words, value, days):
    (found,) = find_times(parse(sentence), published_on=TUESDAY)
    assert (found.text, found.value) == (words, value)
    assert _days(found) == days
    assert sentence[found.char_start : found.char_end] == words
    assert (found.basis == "none") == (days == "") == (found.precision is None)


def _days(found):
    return f"{found.date_start} {found.date_end}" if found.date_start else ""


@pytest.mark.parametrize(
    ("sentence", "kind", "basis", "precision"),
    [
        ("The pool opened in May 2011.", "DATE", "explicit", "month"),
        ("The pool opened on Monday.", "DATE", "relative", "day"),
        ("The pool opened at 9 a.m. on Monday.", "TIME", "relative", "day"),
        ("The pool opened last week.", "DATE", "relative", "week"),
        ("The pool opened in the first half of 2018.", "DATE", "explicit", "half"),
        ("The pool opened in the third quarter.", "DATE", "relative", "quarter"),
        ("The pool opened last summer.", "DATE", "relative", "quarter"),
        ("The pool opened earlier this year.", "DATE", "relative", "year"),
        ("The pool opened in the 1990s.", "DATE", "explicit", "year"),
        ("The pool was open for two years.", "DURATION", "none", None),
        ("The pool opens every summer.", "SET", "none", None),
        ("The pool opened recently.", "DATE", "none", None),
    ],
)
def test_type_basis_and_precision(parse, sentence, kind, basis, precision):
    (found,) = find_times(parse(sentence), published_on=TUESDAY)
    assert (found.type, found.basis, found.precision) == (kind, basis, precision)


@pytest.mark.parametrize(
    ("sentence", "start"),
    [
        ("The judge ruled on Thursday.", "2019-11-21"),
        ("The judge will rule on Thursday.", "2019-11-28"),
        ("The judge is to rule on Thursday.", "2019-11-28"),
        ("The judge has ruled on Thursday.", "2019-11-21"),
        ("The judge might rule on Thursday.", "2019-11-28"),
        ("The judge said Thursday he would rule soon.", "2019-11-21"),
        ("The ruling, due Thursday, matters.", "2019-11-28"),
        ("The judge ruled on Tuesday.", "2019-11-26"),
        ("The judge will rule on Tuesday.", "2019-11-26"),
        ("The judge ruled in July.", "2019-07-01"),
        ("The judge will rule in July.", "2020-07-01"),
        ("The judge ruled on Dec. 2.", "2019-12-02"),
        ("The judge ruled on Feb. 2.", "2019-02-02"),
        ("The judge will rule on Feb. 2.", "2020-02-02"),
        ("The hearing was postponed until Friday.", "2019-11-29"),
    ],
)
def test_tense_decides_between_past_and_coming(parse, sentence, start):
    found = find_times(parse(sentence), published_on=TUESDAY)
    assert str(found[0].date_start) == start


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("It fell in May 2011. Three years later it rose.", ["2011-05", "2014"]),
        ("It fell on May 4, 2011. The following day it rose.", ["2011-05-04", "2011-05-05"]),
        ("It fell on May 4, 2011. The same day it rose.", ["2011-05-04", "2011-05-04"]),
        ("It fell on May 4, 2011. A week earlier it rose.", ["2011-05-04", "2011-W17"]),
        ("It fell on May 4, 2011. The previous month it rose.", ["2011-05-04", "2011-04"]),
        ("It fell in 2011. It rose later that year.", ["2011", "2011"]),
        ("It fell in 2011. In May it rose.", ["2011", "2011-05"]),
        ("It fell in 2011.\n\nIn May it rose.", ["2011", "2019-05"]),
        ("It fell in the third quarter from a year ago.", ["2019-Q3", "2018-Q3"]),
        ("It fell in the third quarter from the year-ago period.", ["2019-Q3", "2018-Q3"]),
        ("It fell in August from the same month last year.", ["2019-08", "2018-08"]),
        ("It fell. Ten days later it rose.", ["XXXX-XX-XX"]),
    ],
)
def test_expressions_count_from_those_before_them(parse, text, values):
    assert [found.value for found in find_times(parse(text), published_on=TUESDAY)] == values


@pytest.mark.parametrize(
    ("sentence", "kind", "value"),
    [
        ("The vote was held on Tuesday.", "DATE", "XXXX-WXX-2"),
        ("The vote was held today.", "DATE", "XXXX-XX-XX"),
        ("The vote was held this morning.", "TIME", "XXXX-XX-XXTMO"),
        ("The vote was held last week.", "DATE", "XXXX-WXX"),
        ("The vote was held last year.", "DATE", "XXXX"),
        ("The vote was held in July.", "DATE", "XXXX-07"),
        ("The vote was held on Dec. 3.", "DATE", "XXXX-12-03"),
        ("The vote was held in the third quarter.", "DATE", "XXXX-Q3"),
        ("The vote was held in the first half.", "DATE", "XXXX-H1"),
        ("The vote was held last summer.", "DATE", "XXXX-SU"),
        ("The vote was held two months ago.", "DATE", "XXXX-XX"),
        ("The vote was held on Christmas Eve.", "DATE", "XXXX-12-24"),
        ("The vote was held by year-end.", "DATE", "XXXX-12-31"),
    ],
)
def test_without_publication_day_type_and_what_is_known_remain(parse, sentence, kind, value):
    (found,) = find_times(parse(sentence), published_on=None)
    assert (found.type, found.value, found.date_start, found.basis) == (kind, value, None, "none")


def test_without_publication_day_explicit_dates_are_resolved(parse):
    text = "It fell on May 4, 2011. The next day it fell again. The following day it rose."
    found = find_times(parse(text), published_on=None)
    assert [time.value for time in found] == ["2011-05-04", "XXXX-XX-XX", "2011-05-05"]


@pytest.mark.parametrize(
    "sentence",
    [
        "The bill may pass.",
        "They march for peace.",
        "A second vote fell short.",
        "The fall of the city surprised many.",
        "The springs of the bed creaked.",
        "He is a 42-year-old welder.",
        "She was 42 years old.",
        "About 2,000 people and 1500 soldiers came.",
        "The F-16, the S-400 and the A-2000 flew.",
        "The firm paid $2000 to them.",
        "The score was 3:45 to them.",
        "The order of Feb. 30 is unknown.",
        "Three-quarters of them left.",
    ],
)
def test_what_is_no_time(parse, sentence):
    assert find_times(parse(sentence), published_on=TUESDAY) == []


def test_expressions_are_in_order_and_never_overlap(parse):
    text = (
        "On Tuesday, Nov. 26, 2019, at 3 p.m., three years after the 2016 vote, the first half of "
        "next year seemed far, and every Monday since early last May was worse than last week."
    )
    found = find_times(parse(text), published_on=TUESDAY)
    assert len(found) >= 7
    assert all(a.char_end <= b.char_start for a, b in itertools.pairwise(found))


def test_every_rule_has_a_reader():
    assert [rule.name for rule in RULES] == list(READERS)


def test_time_grows_with_the_length_of_the_text(parse):
    paragraph = "The council met on Monday, three weeks after the flood of May 2018, and left. "
    short, long = (parse(f"{paragraph * 4}\n\n" * count) for count in (25, 100))
    find_times(short, published_on=TUESDAY)
    assert _seconds(long) < 10 * max(_seconds(short), 0.005)


def _seconds(parsed):
    start = time.process_time()
    find_times(parsed, published_on=TUESDAY)
    return time.process_time() - start
