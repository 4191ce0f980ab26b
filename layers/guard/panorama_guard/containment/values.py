"""Context values as IAM reads them: numbers, times, address ranges."""

import re
from functools import lru_cache
from typing import Any

_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d{1,3})?", re.ASCII)
_EPOCH = re.compile(r"\d+(\.\d+)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?", re.ASCII)


@lru_cache(maxsize=4096)
def number(text: str) -> Any:  # a Decimal; its module is imported when the first number is read
    """Return the number that `text` is, exactly, or None."""
    from decimal import Decimal  # noqa: PLC0415 - keeps the import of this room fast

    return Decimal(text) if _NUMBER.fullmatch(text) else None


@lru_cache(maxsize=4096)
def moment(text: str) -> Any:  # a Decimal, see `number`
    """Return the seconds since 1970 of an ISO 8601 date or an epoch time, or None."""
    if _EPOCH.fullmatch(text):
        return number(text)
    if not _DAY.fullmatch(text):
        return None
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415 - keeps the import of this room fast

    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    passed = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return number(str(passed // timedelta(microseconds=1))) / 1_000_000


@lru_cache(maxsize=4096)
def addresses(text: str) -> tuple[int, int, int] | None:
    """Return the version and the first and last address of a network or single address, or None."""
    from ipaddress import ip_network  # noqa: PLC0415 - keeps the import of this room fast

    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)


LAST_ADDRESS = {4: 2**32 - 1, 6: 2**128 - 1}


def address_text(version: int, value: int) -> str:
    """Return the address with the number `value` as text."""
    from ipaddress import IPv4Address, IPv6Address  # noqa: PLC0415 - keeps the import of this room fast

    return str({4: IPv4Address, 6: IPv6Address}[version](value))


def moment_text(seconds: Any) -> str:  # a Decimal, see `number`
    """Return the time so many seconds after 1970, in ISO 8601 where that can say it, else as seconds."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415 - keeps the import of this room fast

    try:
        when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds * 1_000_000))
    except OverflowError:
        return format(seconds, "f")
    return when.isoformat().replace("+00:00", "Z")
