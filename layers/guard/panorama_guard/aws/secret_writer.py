"""Changes secrets: their resource policy is put or deleted, and nothing else of them."""

from typing import Any

from panorama_guard.aws.part_writing import refuse, write_part
from panorama_guard.case import secret
from panorama_guard.case.step import PartStep, PutPart


class SecretWriter:
    """Writes what the functions may: what offends is taken out of the policy."""

    def __init__(self, secretsmanager: Any) -> None:
        """Take a client of Secrets Manager."""
        self._secretsmanager = secretsmanager

    def apply(self, key: str, step: PartStep) -> None:
        """Carry out one step on the secret of this key; raise WriteRefusedError where it is refused for good."""
        write_part(step, lambda: self._apply(key.partition(":")[2], step))

    def _apply(self, name: str, step: PartStep) -> None:
        if step.part != secret.POLICY:
            refuse(step)
        elif isinstance(step, PutPart):
            self._secretsmanager.put_resource_policy(SecretId=name, ResourcePolicy=step.text)
        else:
            self._secretsmanager.delete_resource_policy(SecretId=name)
