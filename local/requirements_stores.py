"""What each call on a secret needs, on the secret's ARN whatever the call names it by.

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
