"""Changes log groups: a subscription filter is deleted, and nothing else is written."""

import json
from typing import Any

from panorama_guard.aws.part_writing import refuse, write_part
from panorama_guard.case import log_group
from panorama_guard.case.step import DeletePart, PartStep, PutPart


class LogGroupWriter:
    """Writes what the functions may: a filter that sends events elsewhere is deleted."""

    def __init__(self, logs: Any) -> None:
        """Take a client of CloudWatch Logs."""
        self._logs = logs

    def apply(self, key: str, step: PartStep) -> None:
        """Carry out one step on the log group of this key; raise WriteRefusedError where it is refused for good."""
        write_part(step, lambda: self._apply(key.partition(":")[2], step))

    def _apply(self, group: str, step: PartStep) -> None:
        name = log_group.filter_of(step.part)
        if name and isinstance(step, DeletePart):
            self._logs.delete_subscription_filter(logGroupName=group, filterName=name)
        elif name and isinstance(step, PutPart):
            self._put_filter(group, step)
        else:
            refuse(step)

    def _put_filter(self, _group: str, step: PutPart) -> None:
        """Refuse: Logs asks for iam:PassRole, which no function has."""
        refuse(step)


class OwnLogGroupWriter(LogGroupWriter):
    """Writes with an operator's credentials, who may also put back a filter."""

    def _put_filter(self, group: str, step: PutPart) -> None:
        (entry,) = json.loads(step.text)["Filters"]
        self._logs.put_subscription_filter(logGroupName=group, **entry)
