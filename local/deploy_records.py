"""What a template deploys: the records that delivery and the runtime work from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function and where its code lies on this machine."""

    logical_id: str
    name: str
    arn: str
    handler: str
    runtime: str
    memory_mb: int
    timeout_seconds: int
    role_arn: str
    environment: tuple[tuple[str, str], ...]
    code_folder: Path
    layer_folders: tuple[Path, ...]
    log_format: str
    log_group: str
    reserved_concurrency: int | None = None


@dataclass(frozen=True, slots=True)
class Batching:
    """How an event source mapping gathers what it hands over."""

    size: int
    window_seconds: float
    reports_failures: bool
    filters: tuple[Pattern, ...] = ()

    def accepts(self, record: Mapping[str, object]) -> bool:
        """Say whether the mapping's filter lets the record through."""
        return not self.filters or any(pattern.matches(record) for pattern in self.filters)


@dataclass(frozen=True, slots=True)
class QueueMapping:
    """A queue that wakes a function."""

    logical_id: str
    queue_name: str
    queue_arn: str
    function_name: str
    batching: Batching
    max_concurrency: int | None


@dataclass(frozen=True, slots=True)
class StreamMapping:
    """A table's stream that wakes a function."""

    logical_id: str
    table_name: str
    stream_arn: str
    function_name: str
    batching: Batching
    bisects: bool
    max_attempts: int | None
    max_age_seconds: int | None
    failure_arn: str | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A message sent, or a function run, at a rate; the first time after one period, or at `daily_at`.

    That is so many seconds after a day's beginning, by UTC.
    """

    logical_id: str
    name: str
    arn: str
    period_seconds: float
    target_arn: str
    role_arn: str | None
    body: str
    message_group: str | None
    dead_letter_arn: str | None
    daily_at: float | None = None


@dataclass(frozen=True, slots=True)
class QueueAlarm:
    """An alarm on the number of messages that wait in a queue."""

    logical_id: str
    name: str
    arn: str
    description: str
    queue_name: str
    comparison: str
    threshold: float
    alarm_actions: tuple[str, ...]
    ok_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UrlPermission:
    """Another account that may send requests to a function's URL, as far as one of the two actions goes."""

    function_name: str
    action: str
    principal: str


@dataclass(frozen=True, slots=True)
class FunctionUrl:
    """The URL of a function, by its id, and whom else its permissions let in."""

    logical_id: str
    function_name: str
    function_arn: str
    url_id: str
    permissions: tuple[UrlPermission, ...] = ()

    def allowed_to(self, account: str) -> frozenset[str]:
        """Return the actions that another account is let do."""
        names = {account, f"arn:aws:iam::{account}:root"}
        return frozenset(one.action for one in self.permissions if one.principal in names)


@dataclass(frozen=True, slots=True)
class Deployment:
    """Everything that a template put on this machine."""

    account: str
    region: str
    parameters: Mapping[str, str]
    resources: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    functions: tuple[Function, ...] = ()
    queue_mappings: tuple[QueueMapping, ...] = ()
    stream_mappings: tuple[StreamMapping, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    alarms: tuple[QueueAlarm, ...] = ()
    service_roles: tuple[str, ...] = ()
    urls: tuple[FunctionUrl, ...] = ()

    def function_named(self, name: str) -> Function | None:
        """Return the function with this name, or this logical id."""
        return next((each for each in self.functions if name in (each.name, each.logical_id, each.arn)), None)
