"""A witness as AWS would write it: accounts of twelve digits, names without needless colons, ids that there may be.

A search puts anything into the places of a witness that no policy asks about. Each such part is replaced by what a
request would have there, where the request escapes all the same; where a policy asks for the odd part, it stays.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial

from panorama_guard.containment.caller_fields import FIELDS
from panorama_guard.containment.candidates import FAMILIAR
from panorama_guard.containment.plausible import ACCOUNT, REGION, ROLE_ID, ROLE_SESSION, STRANGER, USER_ID
from panorama_guard.containment.records import Witness
from panorama_guard.policy.arn import SEPARATORS
from panorama_guard.policy.condition import CALLER
from panorama_guard.policy.record import replace
from panorama_guard.policy.text import ascii_lower

Change = Callable[[str], Iterator[str]]  # a text -> others that are more natural; none if it is natural itself

DIGITS = 12  # of an account
ID_LETTERS, ORGANISATION_LETTERS, SESSION_LETTERS = 21, 12, 2  # of an id; of others at least
_PARTITION, _SERVICE, _REGION, _ACCOUNT = 1, 2, 3, 4  # the fields of an ARN
_ORGANISATION, _ID, _SESSION = 1, 2, 3  # the fields of a caller
_REGIONS, _ACCOUNTS_KNOWN = r"([a-z]+(-[a-z]+)+-\d+)?", r"(\d{12}|aws|cloudfront|anonymous)?"
_ORDINARY = re.compile(rf"\*|arn:aws(-[a-z]+)*:[^:]*:{_REGIONS}:{_ACCOUNTS_KNOWN}:[^:]*", re.ASCII)
_WITHOUT_COLONS = frozenset(("s3", "iam", "sts", "ec2", "dynamodb", "kms", "iot", "greengrass", "sagemaker", "sqs"))


def more_natural(witness: Witness, escapes: Callable[[Witness], bool]) -> Witness:
    """Return the witness with its odd parts replaced, each where what comes of it `escapes`."""
    for change in () if _ORDINARY.fullmatch(witness.resource) else _OF_RESOURCES:
        others = (replace(witness, resource=text) for text in change(witness.resource))
        witness = next(filter(escapes, others), witness)
    for place, (key, _) in enumerate(witness.context):
        for change in _OF_KEYS.get(ascii_lower(key), ()):
            witness = next(filter(escapes, _with_value(witness, place, change)), witness)
    return witness


def _with_value(witness: Witness, place: int, change: Change) -> Iterator[Witness]:
    key, values = witness.context[place]
    for text in change(values[0]) if len(values) == 1 else ():
        context = (*witness.context[:place], (key, (text,)), *witness.context[place + 1 :])
        yield replace(witness, context=context)


def accounts(text: str) -> Iterator[str]:
    """Yield accounts, those first that begin and end with the digits of the text."""
    if _is(_ACCOUNTS_KNOWN, text):
        return
    head = text[: len(text) - len(text.lstrip("0123456789"))][:DIGITS]
    rest = text[len(head) :]
    tail = rest[len(rest.rstrip("0123456789")) :][: DIGITS - len(head)]
    yield from (head + filler * (DIGITS - len(head) - len(tail)) + tail for filler in "910")
    yield from (STRANGER, ACCOUNT)


def ids(text: str) -> Iterator[str]:
    """Yield unique ids that begin as the text does, and perhaps with a session behind them."""
    own, colon, session = text.partition(":")
    if text.startswith(("AROA", "AIDA")) and not _is(r"[0-9A-Z]{16,}", own):
        yield from (
            f"{one}{colon}{session}" for one in (ROLE_ID if own[1] == "R" else USER_ID, _filled(own, ID_LETTERS))
        )


def organisations(text: str) -> Iterator[str]:
    """Yield ids of organisations, those that begin as the text does first."""
    if text and not _is(r"o-[0-9a-z]{10,}", text):
        yield from (text.ljust(ORGANISATION_LETTERS, "9"),) if text.startswith("o-") else ()
        yield FAMILIAR["aws:principalorgid"]


def _filled(text: str, size: int) -> str:
    return text.upper().ljust(size, "0")


def _sessions(text: str) -> Iterator[str]:
    if 0 < len(text) < SESSION_LETTERS:
        yield from (ROLE_SESSION, text * SESSION_LETTERS)


def _partitions(text: str) -> Iterator[str]:
    yield from () if _is(r"aws(-[a-z]+)*", text) else ("aws",)


def _regions(text: str) -> Iterator[str]:
    yield from () if _is(_REGIONS, text) else (REGION, "")


def _names(arn: str) -> Iterator[str]:
    """Yield the ARN with other characters for the colons of a name that AWS writes without."""
    *fields, name = arn.split(":", SEPARATORS)
    if len(fields) == SEPARATORS and fields[_SERVICE] in _WITHOUT_COLONS and ":" in name:
        yield from (":".join((*fields, name.replace(":", char))) for char in ("-", "x", "/"))


def _in_field(place: int, separators: int, change: Change, text: str) -> Iterator[str]:
    """Yield the text with one of its fields changed, if it has so many."""
    fields = text.split(":", separators)
    for other in change(fields[place]) if len(fields) > separators else ():
        yield ":".join((*fields[:place], other, *fields[place + 1 :]))


def _is(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.ASCII) is not None


_ACCOUNTS = partial(_in_field, _ACCOUNT, SEPARATORS, accounts)
_OF_RESOURCES: tuple[Change, ...] = (
    partial(_in_field, _PARTITION, SEPARATORS, _partitions),
    partial(_in_field, _REGION, SEPARATORS, _regions),
    _ACCOUNTS,
    _names,
)
_OF_CALLERS: tuple[Change, ...] = (
    partial(_in_field, _ORGANISATION, FIELDS, organisations),
    partial(_in_field, _ID, FIELDS, ids),
    partial(_in_field, _SESSION, FIELDS, _sessions),
    partial(_in_field, FIELDS, FIELDS, _ACCOUNTS),
)
_OF_KEYS: dict[str, tuple[Change, ...]] = {
    CALLER: _OF_CALLERS,
    **dict.fromkeys(
        ("aws:sourceaccount", "aws:resourceaccount", "aws:principalaccount", "s3:resourceaccount", "kms:calleraccount"),
        (accounts,),
    ),
    **dict.fromkeys(("aws:principalorgid", "aws:resourceorgid", "aws:sourceorgid"), (organisations,)),
    **dict.fromkeys(("aws:principalarn", "aws:sourcearn"), (_ACCOUNTS,)),
    "aws:userid": (ids,),
}
