"""Says a time as people are told it."""

from datetime import UTC, datetime

_UNITS = (("d", 86400), ("h", 3600), ("m", 60))


def shown_lasting(seconds: float) -> str:
    """Return how long something lasts, as an operator types it: 30d, 12h, 30m, 45s."""
    whole = int(seconds)
    return next((f"{whole // each}{unit}" for unit, each in _UNITS if whole and whole % each == 0), f"{whole}s")


def shown_time(text: str) -> str:
    """Return a time of the records to the second, in UTC; a text that is none stays as it is."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if time.tzinfo else text
