"""The other accounts of the organisation: whose a message is, and what is told where that account cannot be read."""

import re

from panorama_guard.case.word import Word, word_id
from panorama_guard.service.look import Inspection, Inspector

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_UNSWEPT = "a member account has to be looked at: a call there was not judged"
_UNREACHED = "a member account cannot be read: its changes are not judged"


def member_of(value: object, inspector: Inspector) -> str:
    """Return the member account that an event or a request is about; empty for the guard's own, or without members."""
    account = value.get("account") if isinstance(value, dict) else None
    is_other = isinstance(account, str) and _ACCOUNT.fullmatch(account) and account != inspector.account
    return str(account) if inspector.members is not None and is_other else ""


class Unswept:
    """Takes requests for a sweep of a member account, of which there is none yet: operators are told instead."""

    def __init__(self, hub: Inspector, account: str) -> None:
        """Take the hub, which tells, and the account."""
        self._hub = hub
        self._account = account

    def sweep(self, requested_at: str) -> None:
        """Have operators told, once an hour for each account, that a call there could not be judged."""
        why = f"a call in account {self._account} does not say whom it was done to; run `panorama-guard audit` there"
        _tell(self._account, _UNSWEPT, why, self._hub, now=requested_at)


def tell_unreached(account: str, why: str, inspector: Inspector, *, now: str) -> Inspection:
    """Have operators told, once an hour for each account, that its calls are not judged: never a silence."""
    _tell(account, _UNREACHED, why, inspector, now=now)
    return Inspection(note=f"not judged: {why}")


def _tell(account: str, title: str, why: str, hub: Inspector, *, now: str) -> None:
    hub.ledger.put_word(Word(word_id(account, title, now), hub.account, account, now, title, why))
