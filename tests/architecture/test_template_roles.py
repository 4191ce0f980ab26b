"""The guard's own roles, held to what it asks of others: by the profile, and by its own engine."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from panorama_guard.aws.functions import OWN
from panorama_guard.containment import Contained, Escaped, Grant
from panorama_guard.containment.check import check
from panorama_guard.policy.document import Document, parse_document_value
from panorama_guard.profile import load_profile
from tests.template.access import iam_writes
from tests.template.reading import Template, actions, of_type, referred, role_statements
from tests.template.translation import REGION, translate

ACCOUNT = "123456789012"
PSEUDO = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::URLSuffix": "amazonaws.com"}
STACK = "panorama-guard"
PSEUDO |= {"AWS::StackName": STACK}
MOST_STACK_NAME = 21
LONGEST = {
    "AWS::Partition": "aws-us-gov",
    "AWS::Region": "us-gov-west-1",
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "n" * MOST_STACK_NAME,
    "Home": "us-gov-west-1",
}
REPORT_BUCKET = "arn:aws:s3:::report-bucket"
WRITES = (
    "iam:PutRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
)
BUCKET_WRITES = (
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutReplicationConfiguration",
)
SECRET_READS = ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"]
SECRET_WRITES = ("secretsmanager:PutResourcePolicy", "secretsmanager:DeleteResourcePolicy")
FILTER_WRITE, OWN_LOGGING = "logs:DeleteSubscriptionFilter", ("logs:CreateLogStream", "logs:PutLogEvents")
DASHBOARD = f"arn:aws:cloudwatch::{ACCOUNT}:dashboard"
MOST_INLINE = 10_240
# What each role may do to queues, topics, table, key and bus; `stack:` is a resource of the stack, by its logical id.
CEILINGS = json.loads(Path(__file__).with_name("ceilings.json").read_text(encoding="utf-8"))
IOT, IOT_WRITE, NAMED = f"arn:aws:iot:*:{ACCOUNT}:", "iot:SetDefaultPolicyVersion", ("policy", "thing", "job")
IOT_LISTS = [
    *("iot:ListPrincipalThings", "iot:ListThings", "iot:ListRoleAliases", "iot:ListTopicRule*", "iot:ListPolicies"),
    *("iot:ListProvisioningTemplates", "iot:ListJobs", "iot:ListCommands"),
    *("iot:ListJobTemplates", "iot:ListMitigationActions", "iot:ListSecurityProfiles", "iot:ListStreams"),
    *("iot:ListCACertificates", "iot:ListThingRegistrationTasks", "iot:DescribeThingRegistrationTask"),
    *("iot:Get*LoggingOptions", "iot:DescribeAccountAuditConfiguration"),
    *("iot:DescribeEncryptionConfiguration", "iot:GetPackageConfiguration"),
]
IOT_READS = [
    *("iot:GetPolicy", "iot:ListTargetsForPolicy", "iot:DescribeCertificate", "iot:ListAttachedPolicies"),
    *("iot:DescribeRoleAlias", "iot:GetTopicRule", "iot:DescribeProvisioningTemplate", "iot:DescribeJob"),
    *("iot:ListThingsInThingGroup", "iot:GetCommand", "iot:DescribeJobTemplate", "iot:DescribeMitigationAction"),
    *("iot:DescribeSecurityProfile", "iot:DescribeStream", "iot:GetTopicRuleDestination", "iot:DescribeCACertificate"),
]
IOT_READS_OF_THE_PATTERN = [
    *("iot:GetPolicyVersion", "iot:ListPolicyVersions", "iot:DescribeThing", "iot:ListThingPrincipals"),
    *("iot:ListThingGroupsForThing", "iot:ListJobExecutionsForThing"),
]
POINT_WRITES = ("s3:PutAccessPointPolicy", "s3:DeleteAccessPointPolicy")
SETTINGS = [
    *("s3:GetBucket*", "s3:GetReplicationConfiguration", "s3:GetLifecycleConfiguration"),
    *("s3:GetEncryptionConfiguration", "s3:GetInventoryConfiguration", "s3:GetAnalyticsConfiguration"),
]
POINTS = f"arn:aws:s3:*:{ACCOUNT}:accesspoint/*"
IN_ACCOUNT = {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}
FUNCTION = f"arn:aws:lambda:*:{ACCOUNT}:function:"
FUNCTION_SETTINGS = [
    *("lambda:GetPolicy", "lambda:GetFunctionUrlConfig", "lambda:ListFunctionEventInvokeConfigs"),
    *("lambda:ListAliases", "lambda:ListVersionsByFunction"),
]
FUNCTION_WRITES = ("lambda:RemovePermission", "lambda:UpdateFunctionUrlConfig")
SIGNED = {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}
OWN_WRITES = ("iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicyVersion")
OWN_POLICIES = f"arn:aws:iam::{ACCOUNT}:policy/panorama-guard/*"
REVERT, CUSTOMERS = "iam:SetDefaultPolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/*"


@pytest.fixture(scope="module")
def template() -> Template:
    """Return the template as CloudFormation gets it."""
    return translate()


def test_only_remediate_writes_to_iam_and_only_to_the_guarded_roles(template: Template) -> None:
    """The IAM writes are one role's, on the profile's six roles under their paths, and on the guard's own policies.

    But for the canary's tag, on a role that nobody may become, and a session in a member account, which only reads
    unless it is `remediate`'s.
    """
    written = {key: {concrete(arn) for arn in arns} for key, arns in iam_writes(template).items()}
    assert len(guarded()) == 12
    assert written == {
        **{("RemediateRole", action): guarded() for action in WRITES},
        **{("RemediateRole", action): {OWN_POLICIES} for action in OWN_WRITES},
        ("RemediateRole", REVERT): {CUSTOMERS},
        ("SweepRole", "iam:TagRole"): {"<CanaryRole>"},
        **{
            (role, "sts:AssumeRole"): {"arn:aws:iam::*:role/panorama-guard/member/panorama-guard-read"}
            for role in ("InspectRole", "SweepRole", "OperateRole")
        },
        ("RemediateRole", "sts:AssumeRole"): {"arn:aws:iam::*:role/panorama-guard/member/panorama-guard-remediate"},
    }
    assert role_statements(template, "CanaryRole") == []
    trust = of_type(template, "AWS::IAM::Role")["CanaryRole"]["AssumeRolePolicyDocument"]
    assert {statement["Effect"] for statement in trust["Statement"]} == {"Deny"}


def test_a_customer_s_policy_is_changed_only_where_a_parameter_allows_it(template: Template) -> None:
    """Off by default: without it the function has no permission for it either."""
    assert template["Parameters"]["CustomerPolicies"]["Default"] == "keep"
    assert template["Conditions"]["RevertsCustomerPolicies"] == {"Fn::Equals": [{"Ref": "CustomerPolicies"}, "revert"]}
    kept = {action for statement in unconditional(template, "RemediateRole") for action in actions(statement)}
    assert REVERT not in kept
    assert set(WRITES) <= kept


def test_no_function_can_attach_a_policy(template: Template) -> None:
    """An undo that brings an escape back is done with the operator's own credentials."""
    granted = {action.lower() for _, action in iam_writes(template)}
    assert not [action for action in granted if "attach" in action and action != "iam:detachrolepolicy"]
    assert not [action for action in granted if "*" in action]


def test_no_role_of_the_guard_escapes_its_ceiling(template: Template) -> None:
    """The engine proves that no role of the guard can change what is guarded beyond what is enrolled, or be another."""
    verdicts = {role: check(grant_of(template, role), ceiling_of(role)) for role in of_type(template, "AWS::IAM::Role")}
    assert verdicts == dict.fromkeys(verdicts, Contained())
    assert len(verdicts) == 10


def test_every_function_of_the_template_is_known_as_the_guard_s_own(template: Template) -> None:
    """Its name begins as those that are guarded do, and the guard acts on no function of its own."""
    functions = of_type(template, "AWS::Lambda::Function")
    assert {name.removesuffix("Function") for name in functions} == set(OWN)
    assert {str(referred(one["Role"])).removesuffix("Role") for one in functions.values()} == set(OWN)


def test_what_each_role_may_do_fits_into_its_inline_policies(template: Template) -> None:
    """IAM takes 10,240 characters of them, white space not counted: also where names are longest.

    CloudFormation names a resource after its stack and its logical id, and adds twelve characters.
    """
    for role, properties in of_type(template, "AWS::IAM::Role").items():
        documents = [longest(policy["PolicyDocument"]) for policy in properties.get("Policies", [])]
        assert len("".join(json.dumps(documents).split())) < MOST_INLINE, role


def test_the_engine_finds_a_role_of_the_guard_that_is_too_wide(template: Template) -> None:
    """A remediator that may write to any role is escaped, with a witness beyond the guarded roles."""
    wide = copy.deepcopy(template)
    statements = wide["Resources"]["RemediateRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    (statement,) = [each for each in statements if each.get("Sid") == "ContainTheNamedRoles"]
    statement["Resource"] = f"arn:aws:iam::{ACCOUNT}:role/*"
    verdict = check(grant_of(wide, "RemediateRole"), ceiling_of("RemediateRole"))
    assert isinstance(verdict, Escaped)
    assert verdict.witness.resource not in guarded()


def test_the_engine_finds_a_role_of_the_guard_that_writes_to_any_bucket(template: Template) -> None:
    """The naming pattern, and that the account owns the bucket, bound what is written to: without either it escapes."""
    for element in ("Resource", "Condition"):
        wide = copy.deepcopy(template)
        statements = wide["Resources"]["RemediateRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        (statement,) = [each for each in statements if each.get("Sid") == "ContainTheBuckets"]
        if element == "Resource":
            statement["Resource"] = "arn:aws:s3:::*"
        else:
            del statement["Condition"]
        verdict = check(grant_of(wide, "RemediateRole"), ceiling_of("RemediateRole"))
        assert isinstance(verdict, Escaped)
        assert verdict.witness.action in BUCKET_WRITES


@pytest.mark.parametrize(
    ("sid", "element"),
    [
        ("ContainTheFunctions", "Resource"),
        ("CloseTheUrls", "Resource"),
        ("CloseTheUrls", "Condition"),
        ("KeepOffTheGuardItself", "Resource"),
    ],
)
def test_the_engine_finds_a_role_of_the_guard_that_writes_to_any_function(
    template: Template, sid: str, element: str
) -> None:
    """The naming pattern, a signature, and that it is not the guard itself bound what is written to."""
    wide = copy.deepcopy(template)
    statements = wide["Resources"]["RemediateRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    (statement,) = [each for each in statements if each.get("Sid") == sid]
    if element == "Condition":
        del statement["Condition"]
    else:
        statement["Resource"] = f"{FUNCTION}nobody" if statement["Effect"] == "Deny" else f"{FUNCTION}*"
    verdict = check(grant_of(wide, "RemediateRole"), ceiling_of("RemediateRole"))
    assert isinstance(verdict, Escaped)
    assert verdict.witness.action in FUNCTION_WRITES


def test_the_engine_finds_a_role_of_the_guard_that_writes_to_any_secret(template: Template) -> None:
    """The naming pattern bounds what is written to, and what is read."""
    for sid, actions_of in (("ContainTheSecrets", SECRET_WRITES), ("ReadSecrets", SECRET_READS)):
        wide = copy.deepcopy(template)
        statements = wide["Resources"]["RemediateRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        (statement,) = [each for each in statements if each.get("Sid") == sid]
        statement["Resource"] = f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:*"
        verdict = check(grant_of(wide, "RemediateRole"), ceiling_of("RemediateRole"))
        assert isinstance(verdict, Escaped)
        assert verdict.witness.action in actions_of


def test_the_engine_finds_a_role_of_the_guard_that_deletes_filters_of_any_log_group(template: Template) -> None:
    """The naming pattern bounds what is deleted."""
    wide = copy.deepcopy(template)
    statements = wide["Resources"]["RemediateRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    (statement,) = [each for each in statements if each.get("Sid") == "ContainTheLogGroups"]
    statement["Resource"] = f"arn:aws:logs:*:{ACCOUNT}:log-group:/aws/*"
    verdict = check(grant_of(wide, "RemediateRole"), ceiling_of("RemediateRole"))
    assert isinstance(verdict, Escaped)
    assert verdict.witness.action == FILTER_WRITE


def test_the_engine_finds_a_role_of_the_guard_that_changes_any_iot_policy(template: Template) -> None:
    """The naming pattern bounds what is put in force again."""
    wide = copy.deepcopy(template)
    statements = wide["Resources"]["RemediateRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    (statement,) = [each for each in statements if each.get("Sid") == "ContainTheIotPolicies"]
    statement["Resource"] = f"{IOT}policy/*"
    verdict = check(grant_of(wide, "RemediateRole"), ceiling_of("RemediateRole"))
    assert isinstance(verdict, Escaped)
    assert verdict.witness.action == IOT_WRITE


def named(kind: str) -> list[str]:
    """Return the naming patterns of the profile's resources of one type."""
    return [str(name) for resource in load_profile().resources if resource.type == kind for name in resource.names]


def buckets() -> list[str]:
    """Return the ARNs of the profile's buckets, as patterns."""
    return [f"arn:aws:s3:::{name}" for name in named("s3-bucket")]


def log_groups() -> list[str]:
    """Return the ARNs of the profile's log groups, as patterns."""
    return [f"arn:aws:logs:*:{ACCOUNT}:log-group:{name}" for name in named("log-group")]


def secrets() -> list[str]:
    """Return the ARNs of the profile's secrets, as patterns."""
    return [f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:{name}" for name in named("secret")]


def guarded() -> set[str]:
    """Return the ARNs of the profile's roles, under each path that the profile accepts."""
    return {f"arn:aws:iam::{ACCOUNT}:role{path}{role.name}" for role in load_profile().roles for path in role.paths}


def ceiling_of(role: str) -> Grant:
    """Return the most that a role of the guard may do: to what is guarded, and to what the stack is made of."""
    statements: list[dict[str, Any]] = [
        *CEILINGS[role],
        {"Effect": "Allow", "Action": ["lambda:ListFunctions", "lambda:ListEventSourceMappings"], "Resource": "*"},
        {"Effect": "Allow", "Action": "lambda:GetFunctionConfiguration", "Resource": f"{FUNCTION}*"},
        {"Effect": "Allow", "Action": FUNCTION_SETTINGS, "Resource": f"{FUNCTION}panorama*"},
        {"Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "s3:ListAccessPoints"], "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:GetAccountPublicAccessBlock", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:GetAccessPoint*", "Resource": POINTS},
        # Of a bucket's settings, never of its objects: s3:GetObject is none of these.
        {"Effect": "Allow", "Action": SETTINGS, "Resource": buckets(), "Condition": IN_ACCOUNT},
        {"Effect": "Allow", "Action": "secretsmanager:ListSecrets", "Resource": "*"},
        # How a secret is kept, never what it holds: secretsmanager:GetSecretValue is none of these.
        {"Effect": "Allow", "Action": SECRET_READS, "Resource": secrets()},
        {"Effect": "Allow", "Action": ["logs:Describe*", *OWN_LOGGING], "Resource": "*"},
        # What is set up in AWS IoT, never what devices say or what is kept for them.
        {"Effect": "Allow", "Action": IOT_LISTS, "Resource": "*"},
        {"Effect": "Allow", "Action": ["sagemaker:Describe*", "sagemaker:List*"], "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:GetBucketPolicy", "Resource": "arn:aws:s3:::*", "Condition": IN_ACCOUNT},
        {"Effect": "Allow", "Action": "cloudwatch:ListDashboards", "Resource": "*"},
        {"Effect": "Allow", "Action": "cloudwatch:GetDashboard", "Resource": f"{DASHBOARD}/panorama*"},
        {"Effect": "Allow", "Action": ["greengrass:Get*", "greengrass:List*"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["rolesanywhere:GetProfile", "rolesanywhere:List*"], "Resource": "*"},
        {"Effect": "Allow", "Action": IOT_READS, "Resource": f"{IOT}*"},
        {"Effect": "Allow", "Action": IOT_READS_OF_THE_PATTERN, "Resource": [f"{IOT}{one}/panorama*" for one in NAMED]},
    ]
    if role == "SweepRole":
        statements.append(
            {"Effect": "Allow", "Action": "iam:TagRole", "Resource": f"arn:aws:stack:{REGION}:{ACCOUNT}:CanaryRole"}
        )
    if role == "ReportRole":
        # Its own files, of which it can read what was told last, and nothing else.
        statements.append({"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"{REPORT_BUCKET}/posture.*"})
        statements.append({"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{REPORT_BUCKET}/posture.told"})
        statements.append({"Effect": "Allow", "Action": "cloudwatch:GetMetricData", "Resource": "*"})
    if role == "RemediateRole":
        statements.append({"Effect": "Allow", "Action": list(WRITES), "Resource": sorted(guarded())})
        statements.append({"Effect": "Allow", "Action": list(OWN_WRITES), "Resource": OWN_POLICIES})
        statements.append({"Effect": "Allow", "Action": REVERT, "Resource": CUSTOMERS})
        closing = {"Effect": "Allow", "Action": list(BUCKET_WRITES), "Resource": buckets(), "Condition": IN_ACCOUNT}
        statements += [closing, {"Effect": "Allow", "Action": list(POINT_WRITES), "Resource": POINTS}]
        removing = {"Effect": "Allow", "Action": "lambda:RemovePermission", "Resource": f"{FUNCTION}panorama*"}
        own = {"Effect": "Deny", "Action": list(FUNCTION_WRITES), "Resource": f"{FUNCTION}{STACK}-*"}
        statements += [removing, {**removing, "Action": FUNCTION_WRITES[1], "Condition": SIGNED}, own]
        statements.append({"Effect": "Allow", "Action": list(SECRET_WRITES), "Resource": secrets()})
        statements.append({"Effect": "Allow", "Action": FILTER_WRITE, "Resource": log_groups()})
        statements.append({"Effect": "Allow", "Action": IOT_WRITE, "Resource": f"{IOT}policy/panorama*"})
    return Grant((parsed({"Version": "2012-10-17", "Statement": statements}, "ceiling"),))


def unconditional(template: Template, role: str) -> list[dict[str, Any]]:
    """Return the statements of a role that no parameter decides about."""
    policies = template["Resources"][role]["Properties"]["Policies"]
    every = [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]
    return [each for each in every if "Fn::If" not in each]


def grant_of(template: Template, role: str) -> Grant:
    """Return what a role's policies allow at most, its intrinsic functions resolved."""
    document = {"Version": "2012-10-17", "Statement": role_statements(template, role)}
    return Grant((parsed(document, role),))


def parsed(document: dict[str, Any], name: str) -> Document:
    """Return a template's policy document as the engine reads it."""
    return parse_document_value(resolved(document), name=name)


def resolved(value: Any) -> Any:
    """Return a value of the template as AWS would see it; a reference to a resource becomes an ARN of its own."""
    if isinstance(value, list):
        return [resolved(each) for each in value]
    if not isinstance(value, dict):
        return concrete(value) if isinstance(value, str) else value
    if "Fn::Sub" in value:
        text = value["Fn::Sub"]
        return concrete(text) if isinstance(text, str) else concrete(text[0].replace("${Home}", REGION))
    name = referred(value)
    if name is None:
        return {key: resolved(each) for key, each in value.items()}
    return PSEUDO.get(name, f"arn:aws:stack:{REGION}:{ACCOUNT}:{name}")


def longest(value: Any) -> Any:
    """Return a value of the template with nothing shorter in it than AWS would see anywhere."""
    match value:
        case {"Fn::If": [_, chosen, _]}:
            return longest(chosen)
        case (str() as text) | {"Fn::Sub": str(text) | [str(text), _]}:
            return text_of_longest(text)
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return text_of_longest(f"${{{name}}}")
        case dict():
            return {key: longest(each) for key, each in value.items()}
    return [longest(each) for each in value if each != {"Ref": "AWS::NoValue"}]


def text_of_longest(text: str) -> str:
    """Return a text with everything put in; a resource of the stack becomes an ARN as long as its table's."""
    arn = f"arn:aws-us-gov:dynamodb:us-gov-west-1:{ACCOUNT}:table/{LONGEST['AWS::StackName']}-%s-ABCDEFGHIJKL"
    return re.sub(r"\$\{([\w:]+)(?:\.Arn)?\}", lambda found: LONGEST.get(found[1], arn % found[1]), text)


def concrete(text: str) -> str:
    """Return a text with CloudFormation's pseudo parameters replaced."""
    if text.startswith("stack:"):
        return f"arn:aws:stack:{REGION}:{ACCOUNT}:{text.removeprefix('stack:')}"
    for name, value in PSEUDO.items():
        text = text.replace(f"${{{name}}}", value)
    text = text.replace("${ReportBucket.Arn}", REPORT_BUCKET)
    return text.replace("${LedgerTable.Arn}", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/ledger")
