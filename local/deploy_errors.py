"""Why a template cannot be deployed on this machine.

DeployError    one line that names the logical id, its type and the value that was not understood
"""

from __future__ import annotations


class DeployError(Exception):
    """The template, a parameter or a resource is not one that the stack on one machine handles."""


def refuse_resource(logical_id: str, kind: str, reason: str) -> DeployError:
    """Return the error that names the resource."""
    return DeployError(f"template.yaml: {logical_id} ({kind}): {reason}")
