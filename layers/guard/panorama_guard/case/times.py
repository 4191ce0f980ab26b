"""Says a time as people are told it."""

from datetime import UTC, datetime


def shown_time(text: str) -> str:
    """Return a time of the records to the second, in UTC; a text that is none stays as it is."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if time.tzinfo else text
