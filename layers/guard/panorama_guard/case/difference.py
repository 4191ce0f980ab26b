"""Says in words how one role or resource differs from another, part by part."""

from collections.abc import Iterator, Mapping

from panorama_guard.case.resource import ResourceSnapshot, Snapshot
from panorama_guard.case.snapshot import RoleSnapshot, digest

_SHOWN = 12  # characters of a document's hash


def describe_differences(before: Snapshot, after: Snapshot) -> tuple[str, ...]:
    """Return a line for each part of a subject that is not byte for byte what it was."""
    match before, after:
        case RoleSnapshot(), RoleSnapshot():
            return tuple(_differences(before, after))
        case ResourceSnapshot(), ResourceSnapshot():
            return tuple(_of_texts("the", _parts(before), _parts(after)))
        case _:
            return ("another kind of subject bears the name",)


def _differences(before: RoleSnapshot, after: RoleSnapshot) -> Iterator[str]:
    if before.subject.unique_id != after.subject.unique_id:
        yield f"another role bears the name: RoleId {before.subject.unique_id} is now {after.subject.unique_id}"
    if before.path != after.path:
        yield f"path {before.path} is now {after.path}"
    if before.trust != after.trust:
        yield f"the trust policy was {_named(before.trust)} and is {_named(after.trust)}"
    yield from _of_texts("inline policy", _inline(before), _inline(after))
    yield from _of_texts("attached policy", _attached(before), _attached(after))
    yield from _of_texts("permissions boundary", _boundary(before), _boundary(after))


def _of_texts(kind: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{kind} {name} is gone" for name in before if name not in after)
    yield from (f"{kind} {name} has come" for name in after if name not in before)
    for name, text in before.items():
        if name in after and after[name] != text:
            yield f"{kind} {name} was {_named(text)} and is {_named(after[name])}"


def _named(text: str) -> str:
    return f"document {digest(text)[:_SHOWN]} of {len(text)} characters"


def _inline(role: RoleSnapshot) -> dict[str, str]:
    return {policy.name: policy.text for policy in role.inline}


def _attached(role: RoleSnapshot) -> dict[str, str]:
    return {policy.arn: policy.text for policy in role.attached}


def _boundary(role: RoleSnapshot) -> dict[str, str]:
    return {policy.arn: policy.text for policy in role.boundary}


def _parts(resource: ResourceSnapshot) -> dict[str, str]:
    return {part.name: part.text for part in resource.parts}
