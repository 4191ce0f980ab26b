"""Requests that a reader recognises: published actions and ARNs as AWS writes them.

Nothing is decided here. The table only chooses which of many possible witnesses is tried first (dated 2026-11).
"""

from collections.abc import Iterator

from panorama_guard.policy.arn import SEPARATORS
from panorama_guard.policy.glob import Glob, Token, Wild, tokens
from panorama_guard.policy.text import ascii_lower

ACCOUNT = "123456789012"
REGION = "us-east-1"
STRANGER = "999999999999"  # an account that no policy means
ROLE_ID, USER_ID, ROLE_SESSION = "AROA0EXAMPLE0ROLE0ID", "AIDA0EXAMPLE0USER0ID", "example"

_RESOURCES = {  # per service: what a resource of it looks like
    "s3": "arn:aws:s3:::example-bucket/records.csv",
    "iam": f"arn:aws:iam::{ACCOUNT}:role/Admin",
    "sts": f"arn:aws:iam::{ACCOUNT}:role/Admin",
    "ec2": f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-0123456789abcdef0",
    "lambda": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:example",
    "secretsmanager": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:example-AbCdEf",
    "dynamodb": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/example",
    "kms": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555",
    "logs": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/example",
    "iot": f"arn:aws:iot:{REGION}:{ACCOUNT}:thing/example",
    "greengrass": f"arn:aws:greengrass:{REGION}:{ACCOUNT}:/greengrass/groups/example",
    "sagemaker": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/example",
    "cloudwatch": f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/example",
    "sqs": f"arn:aws:sqs:{REGION}:{ACCOUNT}:example",
    "sns": f"arn:aws:sns:{REGION}:{ACCOUNT}:example",
    "panorama": f"arn:aws:panorama:{REGION}:{ACCOUNT}:device/example",
}
_ELSEWHERE = "arn:aws-cn:s3:eu-central-1:999999999999:other"  # a partition, region and account that few ceilings name
_WITHOUT_RESOURCE = frozenset(
    [
        "cloudwatch:putmetricdata",
        "cloudwatch:getmetricdata",
        "cloudwatch:describealarms",
        "s3:listallmybuckets",
        "iam:listusers",
        "ec2:describeinstances",
        "lambda:listfunctions",
        "secretsmanager:listsecrets",
        "iot:listthings",
        "iot:createkeysandcertificate",
        "greengrass:listgroups",
        "panorama:listdevices",
        "logs:describeloggroups",
        "organizations:leaveorganization",
    ]
)
_ACTIONS = """
    iam:CreateUser iam:AttachRolePolicy iam:PassRole iam:PutRolePolicy iam:GetRole iam:ListUsers iam:DeleteRole
    iam:UpdateAssumeRolePolicy iam:CreateAccessKey iam:CreatePolicyVersion iam:TagRole
    s3:GetObject s3:PutObject s3:DeleteObject s3:ListBucket s3:GetBucketPolicy s3:PutBucketPolicy s3:ListAllMyBuckets
    s3:GetBucketLocation s3:GetBucketAcl s3:CreateBucket s3:DeleteBucket s3:GetObjectAcl s3:PutObjectAcl
    s3:GetBucketTagging s3:GetObjectVersion s3:GetBucketEncryption s3:GetObjectTagging s3:RestoreObject
    sts:AssumeRole sts:TagSession sts:SetSourceIdentity sts:AssumeRoleWithWebIdentity sts:AssumeRoleWithSAML
    ec2:RunInstances ec2:DescribeInstances ec2:TerminateInstances ec2:CreateTags ec2:StopInstances
    secretsmanager:GetSecretValue secretsmanager:DeleteSecret secretsmanager:ListSecrets secretsmanager:PutSecretValue
    lambda:InvokeFunction lambda:UpdateFunctionCode lambda:GetFunction lambda:CreateFunction lambda:ListFunctions
    dynamodb:GetItem dynamodb:PutItem dynamodb:DeleteTable dynamodb:Scan kms:Decrypt kms:Encrypt kms:ScheduleKeyDeletion
    logs:PutLogEvents logs:CreateLogGroup logs:DeleteLogGroup logs:GetLogEvents logs:DescribeLogGroups
    iot:CreateThing iot:UpdateThing iot:DeletePolicy iot:Publish iot:CreateJob iot:ListThings iot:DescribeThing
    iot:CreateTopicRule iot:AttachPolicy iot:CreateKeysAndCertificate
    greengrass:CreateDeployment greengrass:DeleteGroup greengrass:ListGroups greengrass:TagResource greengrass:GetGroup
    greengrass:CreateSoftwareUpdateJob greengrass:CreateConnectorDefinition
    sagemaker:CreateTrainingJob sagemaker:CreateEndpoint sagemaker:DeleteModel sagemaker:DescribeTrainingJob
    sagemaker:CreateNotebookInstance cloudwatch:PutMetricData cloudwatch:PutDashboard cloudwatch:DeleteAlarms
    cloudwatch:GetMetricData cloudwatch:DescribeAlarms panorama:CreateApplicationInstance panorama:DescribeDevice
    panorama:DeleteDevice panorama:ListDevices panorama:GetDevice
    sqs:SendMessage sqs:DeleteQueue sns:Publish sns:DeleteTopic
    cloudtrail:StopLogging organizations:LeaveOrganization
"""
PUBLISHED = {ascii_lower(action): action for action in _ACTIONS.split()}


def needs_no_resource(action: str) -> bool:
    """Say whether the lower-case action is known to be asked on no resource, that is on `*`."""
    return action in _WITHOUT_RESOURCE


def spell_action(action: str) -> str:
    """Return a lower-case action as AWS writes it, where it is known."""
    return PUBLISHED.get(action, action)


def likely_resources(pattern: Glob, action: str) -> Iterator[str]:
    """Yield ARNs that `pattern` probably matches, the most natural for the action first."""
    fields = _split(tokens(pattern))
    natural = natural_resource(named_service(pattern) or action.partition(":")[0], action)
    if pattern == "*":
        yield natural
        yield "*"
        return
    for filler in ("example", "other", ""):
        yield ":".join(_fill(field, place, natural, filler) for place, field in enumerate(fields))
    yield ":".join(_fill(field, place, _ELSEWHERE, "example") for place, field in enumerate(fields))


def named_service(pattern: Glob) -> str:
    """Return the service whose resources the pattern names, or "" where it is none that is known."""
    fields = _split(tokens(pattern))
    named = "".join(str(part) for part in fields[2]) if len(fields) > SEPARATORS else ""
    return named if named in _RESOURCES else ""


def natural_resource(service: str, action: str) -> str:
    """Return what the action is usually asked on."""
    name = action.partition(":")[2]
    if action in _WITHOUT_RESOURCE:
        return "*"
    if service == "iam" and "user" in name:
        return f"arn:aws:iam::{ACCOUNT}:user/alice"
    if service == "s3" and "bucket" in name:
        return "arn:aws:s3:::example-bucket"
    return _RESOURCES.get(service, f"arn:aws:{service}:{REGION}:{ACCOUNT}:example")


def _split(parts: tuple[Token, ...]) -> list[list[Token]]:
    """Return the fields of an ARN pattern."""
    fields: list[list[Token]] = [[]]
    for part in parts:
        if part == ":" and len(fields) <= SEPARATORS:
            fields.append([])
        else:
            fields[-1].append(part)
    return fields


def _fill(field: list[Token], place: int, natural: str, filler: str) -> str:
    """Return the field as text: the natural ARN's where it is a lone `*`, else with its wildcards filled."""
    if field == [Wild.MANY]:
        return (natural.split(":", SEPARATORS) + [filler] * SEPARATORS)[place]
    shown: list[str] = []
    for at, part in enumerate(field):
        before = shown[-1][-1:] if shown else ""
        after = field[at + 1] if at + 1 < len(field) else ""
        shown.append(_fill_wildcard(part, filler, before, after) if isinstance(part, Wild) else str(part))
    return "".join(shown)


def _fill_wildcard(wild: Wild, filler: str, before: str, after: Token) -> str:
    """Return what stands for a wildcard, set off by hyphens from the words beside it."""
    if wild is Wild.ONE or not filler:
        return "x" if wild is Wild.ONE else ""
    left = "-" if before.isalnum() else ""
    right = "-" if isinstance(after, str) and after.isalnum() else ""
    return f"{left}{filler}{right}"
