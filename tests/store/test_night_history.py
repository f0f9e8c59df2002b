"""What the reports say together: the last good night, and one report a night since."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from screening.store.night_history import night_history
from tests.flows.notify.nights import BUSY, FAILED, GAPS, GOOD, STOPPED, on_day


def test_without_a_report_nothing_is_known():
    history = night_history([])
    assert (history.last, history.last_good, history.last_published) == (None, None, None)
    assert history.not_good == history.not_published == ()


def test_nights_since_the_last_good_one_count_once_however_often_they_were_tried():
    tried_again = replace(on_day(STOPPED, 2), ended=on_day(STOPPED, 2).ended + timedelta(hours=5))
    nights = [GOOD, on_day(GAPS, 1), on_day(STOPPED, 2), tried_again, on_day(FAILED, 3)]
    history = night_history(reversed(nights))
    assert history.last_good == GOOD
    assert history.last_published == on_day(GAPS, 1)
    assert history.not_good == (on_day(GAPS, 1), on_day(STOPPED, 2), on_day(FAILED, 3))
    assert history.not_published == (on_day(STOPPED, 2), on_day(FAILED, 3))
    assert history.last == on_day(FAILED, 3)


def test_a_second_start_that_was_refused_takes_nothing_from_the_night_that_ran():
    second = replace(BUSY, began=GOOD.began + timedelta(seconds=5), ended=GOOD.began + timedelta(seconds=6))
    assert night_history([GOOD, second]).not_good == ()


def test_a_second_start_after_the_end_of_a_good_night_takes_nothing_from_it():
    after = replace(BUSY, ended=GOOD.ended + timedelta(seconds=1))
    history = night_history([GOOD, after])
    assert (history.last, history.last_good, history.not_good) == (GOOD, GOOD, ())
    assert history.reports == (GOOD, after)
    assert night_history([GOOD, on_day(BUSY, 1)]).not_good == (on_day(BUSY, 1),), "nothing else came of that night"


def test_a_night_that_was_tried_again_is_no_earlier_night_unless_somebody_was_told():
    failed, died, busy = on_day(FAILED, 1), replace(on_day(FAILED, 1), is_told=False), on_day(BUSY, 1)
    good_again = replace(on_day(GOOD, 1), ended=on_day(GOOD, 1).ended + timedelta(hours=5))
    for earlier, expected in ((failed, (failed,)), (died, ()), (busy, ())):
        assert night_history([GOOD, earlier]).not_good_before(good_again) == expected
        assert night_history([GOOD, earlier]).not_good_before(on_day(STOPPED, 1)) == ()
        assert night_history([GOOD, earlier]).not_good_before(on_day(GOOD, 2)) == (earlier,)


def test_nights_of_one_date_on_several_days_are_several_nights():
    frozen = [replace(on_day(STOPPED, days), as_of=GOOD.as_of) for days in (1, 2, 3)]
    assert len(night_history([GOOD, *frozen]).not_good) == 3
