"""Every time that people are told has one form."""

import pytest

from panorama_guard.case.times import shown_lasting, shown_time


@pytest.mark.parametrize(
    ("seconds", "shown"), [(2_592_000, "30d"), (86_400, "1d"), (90_000, "25h"), (5_400, "90m"), (61, "61s"), (0, "0s")]
)
def test_how_long_is_told_as_it_is_typed(seconds: int, shown: str) -> None:
    """In the largest unit of which it is a whole number."""
    assert shown_lasting(seconds) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-23T15:00:10+00:00", "2026-11-23T15:00:10Z"),
        ("2026-11-23T15:00:10.123456+00:00", "2026-11-23T15:00:10Z"),
        ("2026-11-23T16:00:10+01:00", "2026-11-23T15:00:10Z"),
        ("2026-11-23T15:00:10Z", "2026-11-23T15:00:10Z"),
        ("", ""),
        ("soon", "soon"),
        ("2026-11-23T15:00:10", "2026-11-23T15:00:10"),
    ],
)
def test_a_time_is_told_to_the_second_in_utc(text: str, shown: str) -> None:
    """What is no time of a zone is told as it stands."""
    assert shown_time(text) == shown
