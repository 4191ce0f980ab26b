"""Context values as IAM reads them: numbers, times, address ranges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

TYPE_CHECKING = False  # see `policy/record.py`
if TYPE_CHECKING:
    from typing import Any

_NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?"
_ADDRESS = r"[0-9A-Fa-f.:]+(/\d{1,3})?"
_EPOCH = r"\d+(\.\d+)?"
_YEAR = r"\d{4}"
_MONTH = r"\d{4}-\d\d"
_DAY = r"\d{4}-\d\d-\d\d(T(?!.*\.\d{7}).*)?"
_DOCUMENTED = {  # how AWS says that a policy may write a value; who writes it otherwise is read as others read it
    "number": r"-?(\d+(\.\d+)?|\.\d+)",
    "time": r"\d+(\.\d+)?|\d{4}-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:[0-5]\d))?)?",  # W3C NOTE-datetime
    "address": r"[0-9A-Fa-f.:]+(/(0|[1-9]\d{0,2}))?",
}
DIGITS = 60_000  # more than any text of a policy can ask for, so that arithmetic is exact


def _is(pattern: str, text: str) -> bool:
    import re  # noqa: PLC0415 - keeps the import of this room fast

    return re.fullmatch(pattern, text, re.ASCII) is not None  # compiled when first asked, and kept by `re`


@lru_cache(maxsize=4096)
def is_documented(kind: str, text: str) -> bool:
    """Say whether AWS documents that a value of this kind may be written so in a policy, and what it then means."""
    return _is(_DOCUMENTED[kind], text) and (kind != "address" or not (_has_host_bits(text) or is_mapped(text)))


def _has_host_bits(text: str) -> bool:
    network = addresses(text)
    own = addresses(text.partition("/")[0])
    return network is not None and own is not None and network[1] != own[1]


def is_mapped(text: str) -> bool:
    """Say whether the text is of IPv4 addresses, written as IPv6 (RFC 4291, 2.5.5.2): AWS may see them as either."""
    network = addresses(text)
    return network is not None and network[1] >> 32 == network[2] >> 32 == _MAPPED


_MAPPED = 0xFFFF  # what stands before the 32 bits of the IPv4 address


@lru_cache(maxsize=4096)
def number(text: str) -> Any:  # a Decimal; its module is imported when the first number is read
    """Return the number that `text` is, exactly, or None."""
    from decimal import Decimal  # noqa: PLC0415 - keeps the import of this room fast

    return Decimal(text) if _is(_NUMBER, text) else None


def number_text(value: Any) -> str:  # a Decimal, see `number`
    """Return the number as text, exactly, as people write it where that is short."""
    return format(value, "f") if abs(value.adjusted()) < _PLAIN_DIGITS else str(value)


_PLAIN_DIGITS = 40


@lru_cache(maxsize=4096)
def moments(text: str) -> tuple[Any, ...]:  # of Decimals, see `number`
    """Return the seconds since 1970 that an ISO 8601 date or epoch time may mean: four digits have two meanings."""
    if _is(_YEAR, text):
        return (number(text), *_iso_moment(f"{text}-01-01"))
    if _is(_EPOCH, text):
        return (number(text),)
    if _is(_MONTH, text):
        return _iso_moment(f"{text}-01")
    return _iso_moment(text) if _is(_DAY, text) else ()


def _iso_moment(text: str) -> tuple[Any, ...]:
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415 - keeps the import of this room fast

    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return ()
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    passed = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (number(str(passed // timedelta(microseconds=1))) / 1_000_000,)


@lru_cache(maxsize=4096)
def addresses(text: str) -> tuple[int, int, int] | None:
    """Return the version and the first and last address of a network or single address, or None."""
    from ipaddress import ip_network  # noqa: PLC0415 - keeps the import of this room fast

    if not _is(_ADDRESS, text):  # the library takes netmasks and scopes as well; AWS does not say that it does
        return None
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)


@lru_cache(maxsize=4096)
def widest(text: str) -> tuple[int, int, int] | None:
    """Return the largest network that the text of a policy may mean, or None.

    AWS says that an address without a prefix has the prefix /32, which for IPv6 is a network of many addresses.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    return addresses(f"{text}/32" if ":" in text and "/" not in text else text)


LAST_ADDRESS = {4: 2**32 - 1, 6: 2**128 - 1}


def address_text(version: int, value: int) -> str:
    """Return the address with the number `value` as text."""
    from ipaddress import IPv4Address, IPv6Address  # noqa: PLC0415 - keeps the import of this room fast

    return str({4: IPv4Address, 6: IPv6Address}[version](value))


def moment_text(seconds: Any) -> str:  # a Decimal, see `number`
    """Return the time so many seconds after 1970, in ISO 8601 where that can say it, else as seconds."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415 - keeps the import of this room fast

    try:
        when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds.scaleb(6)))
    except OverflowError:
        return format(seconds, "f")
    shown = when.isoformat().replace("+00:00", "Z")
    return shown if moments(shown) == (seconds,) else format(seconds, "f")


def around(bounds: Sequence[Any]) -> Iterator[Any]:
    """Yield each bound, a value between each two, one below and one above all, exactly."""
    from decimal import localcontext  # noqa: PLC0415 - keeps the import of this room fast

    with localcontext(prec=DIGITS):
        found = list(_around(bounds))
    yield from found


def _around(bounds: Sequence[Any]) -> Iterator[Any]:
    if not bounds:
        yield number("1")
        return
    yield from bounds
    yield bounds[-1] + 1
    yield bounds[0] - 1
    for low, high in pairwise(bounds):
        yield (low + high) // 2 if low < (low + high) // 2 < high else (low + high) / 2


def may_fold(one: str, other: str) -> bool:
    """Say whether the texts are equal for somebody who lets no case count, in some way of folding letters."""
    return any(fold(one) == fold(other) for fold in (str.lower, str.upper, str.casefold, _upper_lower))


def _upper_lower(text: str) -> str:
    return text.upper().lower()
