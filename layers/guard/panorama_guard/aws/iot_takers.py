"""Reads what of AWS IoT acts as a role that it is given: commands, streams, templates of jobs, logging, and others.

https://docs.aws.amazon.com/iot/latest/apireference/API_CreateStream.html
"""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import NOT_SET, code_of
from panorama_guard.case import iot_takers

_IN_PROGRESS = "InProgress"  # of registrations: what is over acts no more


class IotTakers:
    """What acts as a role in the account's AWS IoT and is of no naming pattern, in the region of the client."""

    def __init__(self, iot_client: Any) -> None:
        """Take a client."""
        self._iot = iot_client

    def names(self, kind: str) -> Iterator[str]:
        """Yield the names of a kind; what there is one of has none."""
        if kind in iot_takers.SETTINGS:
            yield iot_takers.OF_THE_ACCOUNT
            return
        listings: dict[str, Callable[[], Any]] = {
            iot_takers.COMMAND: lambda: self._iot.get_paginator("list_commands").paginate(),
            iot_takers.JOB_TEMPLATE: lambda: self._iot.get_paginator("list_job_templates").paginate(),
            iot_takers.MITIGATION: lambda: self._iot.get_paginator("list_mitigation_actions").paginate(),
            iot_takers.SECURITY_PROFILE: lambda: self._iot.get_paginator("list_security_profiles").paginate(),
            iot_takers.STREAM: lambda: self._iot.get_paginator("list_streams").paginate(),
            iot_takers.DESTINATION: lambda: self._iot.get_paginator("list_topic_rule_destinations").paginate(),
            iot_takers.AUTHORITY: lambda: self._iot.get_paginator("list_ca_certificates").paginate(),
            iot_takers.REGISTRATION: lambda: self._iot.get_paginator("list_thing_registration_tasks").paginate(
                status=_IN_PROGRESS
            ),
        }
        for page in listings[kind]():
            entries = next(listed for listed in page.values() if isinstance(listed, list))
            yield from (iot_takers.name_in(_name_of(kind, one)) for one in entries)

    def described(self, kind: str, name: str, arn: str) -> Any:
        """Return what AWS IoT says of one; a destination is known by its ARN."""
        descriptions: dict[str, Callable[[], Any]] = {
            iot_takers.COMMAND: lambda: self._iot.get_command(commandId=name),
            iot_takers.JOB_TEMPLATE: lambda: self._iot.describe_job_template(jobTemplateId=name),
            iot_takers.MITIGATION: lambda: self._iot.describe_mitigation_action(actionName=name),
            iot_takers.SECURITY_PROFILE: lambda: self._iot.describe_security_profile(securityProfileName=name),
            iot_takers.STREAM: lambda: self._iot.describe_stream(streamId=name),
            iot_takers.DESTINATION: lambda: self._iot.get_topic_rule_destination(arn=arn),
            iot_takers.AUTHORITY: lambda: self._iot.describe_ca_certificate(certificateId=name),
            iot_takers.REGISTRATION: lambda: self._iot.describe_thing_registration_task(taskId=name),
        }
        return self._setting(kind) if kind in iot_takers.SETTINGS else descriptions[kind]()

    def _setting(self, kind: str) -> Any:
        """Return what the account has one of; of logging both versions, for each has a role of its own."""
        match kind:
            case iot_takers.AUDIT:
                return self._iot.describe_account_audit_configuration()
            case iot_takers.ENCRYPTION:
                return self._iot.describe_encryption_configuration()
            case iot_takers.PACKAGES:
                return self._iot.get_package_configuration()
            case _:
                return {"first": self._iot.get_logging_options(), "second": self._second_logging()}

    def _second_logging(self) -> Any:
        try:
            return self._iot.get_v2_logging_options()
        except ClientError as error:
            if code_of(error) in NOT_SET:
                return {}
            raise


def _name_of(kind: str, entry: Any) -> str:
    """Return what names an entry of a listing: of registrations it is that alone."""
    if isinstance(entry, str):
        return entry
    member = iot_takers.TAKERS[kind][1]
    return str(entry[member] if member in entry else entry["name"])
