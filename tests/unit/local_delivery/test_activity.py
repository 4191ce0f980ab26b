import threading

from local.delivery_activity import Activity, Timer


def test_a_step_is_under_way_until_its_end_and_both_are_changes() -> None:
    """Whoever looks in between sees it; whoever looks before and after sees that something happened."""
    activity = Activity()
    before = activity.generation
    with activity.step():
        assert activity.under_way == 1
        during = activity.generation
    assert (activity.under_way, before < during < activity.generation) == (0, True)


def test_who_waits_is_woken_by_a_change_that_came_before_the_wait() -> None:
    """No wake-up is lost between the look and the wait."""
    activity = Activity()
    seen = activity.generation
    activity.wake()
    activity.wait(seen)


def test_the_end_wakes_everybody() -> None:
    """Nobody waits for what will not come."""
    activity = Activity()
    waiter = threading.Thread(target=activity.pause, args=(3600,))
    waiter.start()
    activity.end()
    waiter.join(5)
    assert not waiter.is_alive()


def test_a_timer_runs_its_jobs_by_their_time() -> None:
    """Not in the order in which they came."""
    timer, done = Timer(), list[str]()
    timer.at(2, lambda: done.append("second"))
    timer.at(1, lambda: done.append("first"))
    timer.at(3, timer.end)
    timer.run()
    assert done == ["first", "second"]
