"""The roles and the resources that a file would make or change, before the holes in them are filled."""

from dataclasses import dataclass

from panorama_guard.drafts.node import Node
from panorama_guard.drafts.resources import DraftResource


@dataclass(frozen=True, slots=True)
class DraftPolicy:
    """A policy of a role: an inline policy's name or a managed one's ARN, and its document if the file has it.

    `is_sure` is false where it may or may not be there.
    """

    name: str
    documents: tuple[Node, ...]
    line: int
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A role as a file would have it. A part that is not there is left to what stands elsewhere.

    `is_sure` is false where the role may have another name. `trust` and `boundary` hold one or none.
    """

    name: str
    path: str
    arn: str
    line: int
    inline: tuple[DraftPolicy, ...] = ()
    attached: tuple[DraftPolicy, ...] = ()
    boundary: tuple[DraftPolicy, ...] = ()
    trust: tuple[DraftPolicy, ...] = ()
    is_sure: bool = True

    @property
    def policies(self) -> tuple[DraftPolicy, ...]:
        """Return every document of the role."""
        return (*self.inline, *self.attached, *self.boundary, *self.trust)

    def joined(self, other: "Draft") -> "Draft":
        """Return this role with what another part of the file says of it."""
        return Draft(
            name=self.name,
            path=self.path or other.path,
            arn=self.arn or other.arn,
            line=min(self.line, other.line),
            inline=self.inline + other.inline,
            attached=self.attached + other.attached,
            boundary=(self.boundary + other.boundary)[:1],
            trust=(self.trust + other.trust)[:1],
            is_sure=self.is_sure and other.is_sure,
        )


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something of a file that may concern a guarded role and is not seen through."""

    about: str
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a file holds in one world: roles, resources, doubts about what is not known, and what was not looked at.

    `unnamed` are policies of roles of whose names nothing is known: any guarded role may be it.
    `owner` is the account that it is for, if the file says so.
    """

    roles: tuple[Draft, ...]
    doubts: tuple[Doubt, ...] = ()
    notes: tuple[str, ...] = ()
    world: str = ""
    resources: tuple[DraftResource, ...] = ()
    unnamed: tuple[Draft, ...] = ()
    owner: str = ""


def join_drafts(drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """Return one draft for each role: names that IAM takes for the same are the same."""
    joined: dict[tuple[str, bool], Draft] = {}
    for draft in drafts:
        key = (draft.name.lower(), draft.is_sure)
        joined[key] = joined[key].joined(draft) if key in joined else draft
    return tuple(joined.values())
