import pytest

from local.rates import DAY_SECONDS, RateError, parse_daily, parse_rate, seconds_until


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(1 hour)", 3600), ("rate(2 days)", 172800)],
)
def test_a_rate_is_its_seconds(expression: str, seconds: float) -> None:
    """Minutes, hours and days count as in EventBridge."""
    assert parse_rate(expression) == seconds


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 hours)",
        "rate(2 hour)",
        "rate(0 hours)",
        "rate(1 second)",
        "rate(1  hour)",
        "cron(0 * * * ? *)",
        "1 hour",
    ],
)
def test_what_eventbridge_refuses_is_an_error(expression: str) -> None:
    """The error holds the expression."""
    with pytest.raises(RateError, match="must be a rate"):
        parse_rate(expression)


@pytest.mark.parametrize(
    ("expression", "second"),
    [
        ("cron(0 7 * * ? *)", 25200),
        ("cron(59 23 * * ? *)", 86340),
        ("cron(0 7 * * MON *)", None),
        ("cron(0 24 * * ? *)", None),
        ("cron(60 7 * * ? *)", None),
        ("rate(1 day)", None),
    ],
)
def test_a_cron_of_each_day_is_its_second(expression: str, second: float | None) -> None:
    """No other cron is."""
    assert parse_daily(expression) == second


@pytest.mark.parametrize(("now", "left"), [(0.0, 25200.0), (25199.0, 1.0), (25200.0, DAY_SECONDS), (25201.0, 86399.0)])
def test_a_time_of_the_day_comes_today_or_tomorrow(now: float, left: float) -> None:
    """Where it is now, tomorrow."""
    assert seconds_until(25200.0, now) == left
