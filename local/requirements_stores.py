"""What each call on a secret or a log group needs, on its ARN whatever the call names it by.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
"""

from __future__ import annotations

from moto.secretsmanager.models import secretsmanager_backends

from local.emulator import PARTITION
from local.requirement import Requirement
from local.wire import Call


def on_secret(call: Call, account: str) -> tuple[Requirement, ...]:
    """Return the permission for a call on a secret; a listing is on none."""
    name = call.text("SecretId")
    if not name:
        return (Requirement(f"secretsmanager:{call.operation}", "*"),)
    found = secretsmanager_backends[account][call.region].secrets.get(name)
    arn = found.arn if found else f"arn:{PARTITION}:secretsmanager:{call.region}:{account}:secret:{name}"
    return (Requirement(f"secretsmanager:{call.operation}", arn),)


def on_log_group(call: Call, account: str) -> tuple[Requirement, ...]:
    """Return the permission for a call on a log group; listings, and what the account says of all, are on none."""
    name = call.text("logGroupName")
    arn = f"arn:{PARTITION}:logs:{call.region}:{account}:log-group:{name}"
    return (Requirement(f"logs:{call.operation}", arn if name else "*"),)
