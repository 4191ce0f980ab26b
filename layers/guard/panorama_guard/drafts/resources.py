"""The guarded resources that a file would make or change, each as the parts that a guard would read of it afterwards.

What a file leaves out of a resource that it makes is as AWS makes it; of a resource that it only changes it is not
known, and nothing is said of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count

from panorama_guard.drafts.naming import shown
from panorama_guard.drafts.node import Node

GIVEN, IMPLIED, DEFAULT = range(3)


@dataclass(frozen=True, slots=True)
class DraftPart:
    """A part of a resource: a policy (`is_document`) or a structure, with its holes.

    `is_sure` is false where it may or may not be there, and `why` says on what that hangs. In a structure the hole of a
    whole text is an ARN of `service`; `fills` are what it is else, at best and at worst. Of several
    of one name those of the least `rank` count: what the file says, what that implies, what AWS makes by default.
    A text that `is_json` is quoted. One that is only there for what it decides about another part names that one.
    """

    name: str
    value: Node
    line: int
    is_document: bool = False
    is_sure: bool = True
    service: str = ""
    fills: tuple[object, ...] = ()
    why: str = ""
    rank: int = GIVEN
    is_json: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class DraftFact:
    """What else decides about a resource: at best, and at worst, and on what it hangs which of them it is."""

    name: str
    best: str
    worst: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class DraftResource:
    """A resource as a file would have it, under the name that the guard's own reader gives it."""

    type: str
    name: Node
    line: int
    parts: tuple[DraftPart, ...]
    facts: tuple[DraftFact, ...] = ()

    @property
    def given(self) -> frozenset[str]:
        """Return the names of the parts that the file itself says."""
        return frozenset(part.name for part in self.parts if part.rank == GIVEN)

    def joined(self, other: "DraftResource") -> "DraftResource":
        """Return this resource with what another part of the file says of it."""
        parts = (*self.parts, *other.parts)
        ranks = {part.name: min(one.rank for one in parts if one.name == part.name) for part in parts}
        kept = tuple(part for part in parts if part.rank == ranks[part.name])
        facts = {fact.name: fact for fact in (*other.facts, *self.facts)}
        return replace(self, line=min(self.line, other.line), parts=kept, facts=tuple(facts.values()))


def join_resources(drafts: Iterable[DraftResource]) -> tuple[DraftResource, ...]:
    """Return one draft for each resource; of what is said twice, as in two branches, each is judged by itself."""
    joined: dict[tuple[str, str, int], DraftResource] = {}
    for draft in drafts:
        keys = ((draft.type, shown(draft.name), number) for number in count())
        key = next(one for one in keys if one not in joined or not joined[one].given & draft.given)
        joined[key] = joined[key].joined(draft) if key in joined else draft
    return tuple(joined.values())


@dataclass(frozen=True, slots=True)
class Around:
    """What decides about a resource and stands elsewhere: the buckets that the file makes, and the guarded roles."""

    buckets: tuple[Node, ...]
    roles: tuple[str, ...]
