"""What the creators of resources share: clients, names, and the list of what they made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from local.deploy_properties import Properties
from local.deploy_records import (
    Function,
    FunctionUrl,
    QueueAlarm,
    QueueMapping,
    Schedule,
    StreamMapping,
    UrlPermission,
)

PARTITION: Final = "aws"
_SUFFIX_LENGTH: Final = 12


@dataclass(frozen=True, slots=True)
class Created:
    """A resource that stands: what Ref and GetAtt of it are."""

    reference: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Made:
    """What was created so far."""

    functions: list[Function] = field(default_factory=list)
    queue_mappings: list[QueueMapping] = field(default_factory=list)
    stream_mappings: list[StreamMapping] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)
    alarms: list[QueueAlarm] = field(default_factory=list)
    urls: list[FunctionUrl] = field(default_factory=list)
    url_permissions: list[UrlPermission] = field(default_factory=list)
    layers: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """Where resources are created."""

    account: str
    region: str
    stack_name: str
    client: Callable[[str], Any]
    code_folder: Callable[[str], Path]
    made: Made = field(default_factory=Made)

    def name_of(self, logical_id: str, *, suffix: str = "") -> str:
        """Return the physical name that CloudFormation would make up, the same on every run."""
        digest = hashlib.sha256(f"{self.stack_name}/{logical_id}".encode()).hexdigest().upper()
        return f"{self.stack_name}-{logical_id}-{digest[:_SUFFIX_LENGTH]}{suffix}"

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this account and region."""
        return f"arn:{PARTITION}:{service}:{self.region}:{self.account}:{resource}"


type_creator = Callable[[Context, Properties], Created]


def tags_of(properties: Properties) -> list[dict[str, str]]:
    """Return the resource's tags as most services take them."""
    return [{"Key": str(tag["Key"]), "Value": str(tag["Value"])} for tag in properties.take("Tags", [])]
