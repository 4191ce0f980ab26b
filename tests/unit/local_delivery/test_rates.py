import pytest

from local.rates import RateError, parse_rate


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
