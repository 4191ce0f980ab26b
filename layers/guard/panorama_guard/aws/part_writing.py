"""What the answers to a write of a part mean, whatever the service."""

from collections.abc import Callable

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import NO_PART, NOT_THERE, code_of, raise_refusal
from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.step import DeletePart, PartStep, describe_step


def write_part(step: PartStep, write: Callable[[], None]) -> None:
    """Carry out one step; raise WriteRefusedError where AWS refuses it for good.

    What is to be deleted and is not there is deleted already, by an order that was delivered before.
    """
    try:
        write()
    except ClientError as error:
        if isinstance(step, DeletePart) and code_of(error) in NO_PART | NOT_THERE:
            return
        raise_refusal(error, describe_step(step))
        raise


def refuse(step: PartStep) -> None:
    """Refuse a step for which no function has the permission."""
    verb = "deletes" if isinstance(step, DeletePart) else "puts"
    message = f"no function {verb} this: `{step.part}`"
    raise WriteRefusedError(message)
