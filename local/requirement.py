"""One permission, and the words for how it is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from local.wire import Call

type_context = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One permission without which a call is denied."""

    action: str
    resource: str
    context: type_context = ()


type_resolver = Callable[[Call, str], tuple[Requirement, ...]]
