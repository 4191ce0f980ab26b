"""Every time that people are told has one form."""

import pytest

from panorama_guard.case.times import shown_time


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
