"""What one resource is at one moment: its parts, each exactly as AWS returned it.

A part is one thing that AWS reads and writes by itself: a bucket's policy, its ACL, its replication. Its name is what
people call it; it is the source of findings, and what a step puts or deletes. What AWS returns as text stays that text;
of what it returns as a structure the text is the canonical JSON.
"""

import json

from panorama_guard.case.snapshot import RoleSnapshot, Subject, digest
from panorama_guard.policy.record import record, replace


@record
class Part:
    """One part of a resource: its name and its text."""

    name: str
    text: str


@record
class ResourceSnapshot:
    """Everything that decides who may reach a resource and where it sends what it holds.

    `type` says what it is, as the profile does. A part that AWS does not have is not among `parts`; one that it does
    not let the guard read is among `unread`, with the reason as its text. `facts` are what else decides and is not the
    resource's own: nothing is ever written to them. All three stand in the order of their names.
    """

    subject: Subject
    type: str
    parts: tuple[Part, ...]
    unread: tuple[Part, ...] = ()
    facts: tuple[Part, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Return a hash that changes when anything that this snapshot holds changes."""
        return digest(repr(self))

    @property
    def name(self) -> str:
        """Return what AWS calls the resource."""
        return name_of(self.subject.name)

    def text_of(self, part: str) -> str | None:
        """Return the text of a part, or None if the resource has no such part."""
        return next((one.text for one in self.parts if one.name == part), None)

    def fact(self, name: str) -> str:
        """Return what is known of the surroundings under a name, or an empty text."""
        return next((one.text for one in self.facts if one.name == name), "")

    def with_part(self, name: str, text: str) -> "ResourceSnapshot":
        """Return this resource as it would be with the part put, replacing one of that name."""
        return replace(self, parts=in_order((*self.without_part(name).parts, Part(name, text))))

    def without_part(self, name: str) -> "ResourceSnapshot":
        """Return this resource as it would be without the part."""
        return replace(self, parts=tuple(part for part in self.parts if part.name != name))


Snapshot = RoleSnapshot | ResourceSnapshot


def in_order(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return parts in the order of their names, so that equal resources have equal snapshots."""
    return tuple(sorted(parts, key=lambda part: part.name))


def canonical(value: object) -> str:
    """Return the one JSON text of a structure."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def resource_key(kind: str, name: str) -> str:
    """Return by what a resource is known to the guard: no role can have such a name, which holds no colon."""
    return f"{kind}:{name}"


def kind_of(key: str) -> str:
    """Return the type of what a key names, wherever that is: `secret` of `secret@eu-west-1:panorama/wifi`."""
    return key.partition(":")[0].partition("@")[0]


def name_of(key: str) -> str:
    """Return what AWS calls what a key names."""
    return key.partition(":")[2]


def service_of(key: str) -> str:
    """Return the first word of a key or a type, which names the service: `s3` of `s3-bucket:models`."""
    return kind_of(key).partition("-")[0]


def fold(name: str) -> str:
    """Return a name as it is compared with others: of roles without case, of resources as they are."""
    return name if is_resource_key(name) else name.lower()


def is_resource_key(name: str) -> bool:
    """Say whether a name is that of a resource, not of a role."""
    return ":" in name
