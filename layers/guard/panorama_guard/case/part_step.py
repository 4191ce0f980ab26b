"""The writes that change a resource: one part of it is put, or deleted."""

from typing import assert_never

from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.policy.record import record


@record
class PutPart:
    """Put a part of a resource, replacing what stands in its place."""

    part: str
    text: str


@record
class DeletePart:
    """Delete a part of a resource."""

    part: str


PartStep = PutPart | DeletePart


def apply_part(snapshot: ResourceSnapshot, step: PartStep) -> ResourceSnapshot:
    """Return the resource as it would be after the step."""
    match step:
        case PutPart(part, text):
            return snapshot.with_part(part, text)
        case DeletePart(part):
            return snapshot.without_part(part)
    assert_never(step)


def invert_part(snapshot: ResourceSnapshot, step: PartStep) -> PartStep:
    """Return the step that takes a resource on which `step` was applied back to `snapshot`."""
    text = snapshot.text_of(step.part)
    return DeletePart(step.part) if text is None else PutPart(step.part, text)


def describe_part(step: PartStep) -> str:
    """Return what a step does, in the words of the service."""
    match step:
        case PutPart(part):
            return f"put the {part}"
        case DeletePart(part):
            return f"delete the {part}"
    assert_never(step)
