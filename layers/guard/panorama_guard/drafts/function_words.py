"""How a template and a plan call what they say of Lambda functions."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """How a language calls what it says of functions."""

    name: str
    sid: str
    qualifier: str
    auth: str
    conditions: Mapping[str, tuple[str, str]]
    principal: str
    action: str
    role: str
    layers: str
    source: str
    dead: tuple[str, ...]
    ends: tuple[tuple[str, ...], ...]


_ARN, _EQUALS = "ArnLike", "StringEquals"
_KEYS = (
    (_ARN, "AWS:SourceArn"),
    (_EQUALS, "AWS:SourceAccount"),
    (_EQUALS, "aws:PrincipalOrgID"),
    (_EQUALS, "lambda:FunctionUrlAuthType"),
)
TEMPLATE = Words(
    name="FunctionName",
    sid="",
    qualifier="Qualifier",
    auth="AuthType",
    conditions=dict(zip(("SourceArn", "SourceAccount", "PrincipalOrgID", "FunctionUrlAuthType"), _KEYS, strict=True)),
    principal="Principal",
    action="Action",
    role="Role",
    layers="Layers",
    source="EventSourceArn",
    dead=("DeadLetterConfig", "TargetArn"),
    ends=(("DestinationConfig", "OnFailure", "Destination"), ("DestinationConfig", "OnSuccess", "Destination")),
)
PLAN = Words(
    name="function_name",
    sid="statement_id",
    qualifier="qualifier",
    auth="authorization_type",
    conditions=dict(
        zip(("source_arn", "source_account", "principal_org_id", "function_url_auth_type"), _KEYS, strict=True)
    ),
    principal="principal",
    action="action",
    role="role",
    layers="layers",
    source="event_source_arn",
    dead=("dead_letter_config", "target_arn"),
    ends=(
        ("destination_config", "on_failure", "destination"),
        ("destination_config", "on_success", "destination"),
    ),
)
