"""Reads what a template or a plan gives a guarded role to, or says of what runs under a guarded name.

What hands out a role, or acts as one: aliases, rules and templates of AWS IoT, SageMaker, Greengrass, IAM Roles
Anywhere, EC2.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from panorama_guard.case import anywhere, greengrass, iot, iot_takers, model_work, role_use
from panorama_guard.drafts.given_roles import GivenRole, given_roles, role_name, roles_part
from panorama_guard.drafts.made import Made, hole_at, word_at
from panorama_guard.drafts.naming import shown
from panorama_guard.drafts.node import Members, Node, parts_of, text_of
from panorama_guard.drafts.resources import Around, DraftFact, DraftPart, DraftResource

Shaped = Iterator[DraftResource]
Shape = Callable[[Made, Around], Shaped]
# How a member ends that names a role, without underscores and in lower case; of SageMaker `role` alone does too.
_ROLE = ("rolearn", "rolearnforlogging", "executionrole", "clusterrole", "validationrole", "role")
_KEBAB = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MODELS = (*model_work.KINDS, *model_work.STUDIO, *model_work.TAKERS)
_SPELLED = {"endpoint-configuration": "endpoint-config", "ml-flow-tracking-server": "mlflow-tracking-server"}
_WRITTEN = ("output", "checkpoint", "destination", "artifact", "debug", "tensorboard")
_OWN_WORDS = ("environment", "hyperparameters")  # what a container does with what stands there is its own


def _named(kind: str, name: Node) -> Node:
    """Return the name of one of a kind, as its reader writes it."""
    return Node(text_of(iter([f"{kind}/", *parts_of(name)])), name.line)


def roles_in(node: Node, guarded: tuple[str, ...]) -> Iterator[GivenRole]:
    """Yield the guarded roles that a structure names, however deep they stand."""
    if isinstance(node.value, tuple):
        yield from (role for item in node.value for role in roles_in(item, guarded))
    for name, member in node.pairs:
        if name.replace("_", "").lower().endswith(_ROLE) and not member.pairs:
            yield from (role for item in member.items for role in given_roles(item, guarded))
        else:
            yield from roles_in(member, guarded)


def _iot_user(kind: str, member: str) -> Shape:
    """Return how something of AWS IoT is read that uses a role; an alias of the naming pattern may use one of them."""

    def shaped(made: Made, around: Around) -> Shaped:
        of_account = Node(iot_takers.OF_THE_ACCOUNT, made.line) if kind in iot_takers.SETTINGS else None
        name = of_account or made.get(member) or made.name
        given = list(roles_in(made.values, around.roles))
        if given:
            part = roles_part(iot.ROLE, given, given[0].arn.line or made.line)
            yield DraftResource(iot.USER, _named(kind, name), made.line, (part,))
        role = made.get("RoleArn") or made.get("role_arn")
        if kind == iot.ROLE_ALIAS and role is not None and _is_known(role):
            part = DraftPart(iot.ROLE, Node((role,), role.line), role.line or made.line, is_json=True)
            yield DraftResource(iot.ALIAS, name, made.line, (part,))

    return shaped


def _is_known(role: Node) -> bool:
    """Say whether anything is known of the name of a role."""
    return any(isinstance(one, str) and one for one in parts_of(role_name(role)))


def model_kind(kind: str) -> str:
    """Return what SageMaker's work of a type is called, or an empty text for what is none."""
    word = kind.removeprefix("AWS::SageMaker::")
    if word == kind:
        word = kind.removeprefix("aws_sagemaker_").replace("_", "-")
    told = _KEBAB.sub("-", word).lower()
    told = _SPELLED.get(told, told)
    return told if told in _MODELS else ""


def _model(made: Made, around: Around) -> Shaped:
    """Yield what SageMaker runs: under a name of the pattern, or as a guarded role."""
    kind = model_kind(made.kind)
    name = _named(kind, _name_of_model(made))
    places = tuple(_places(made))
    given = list(roles_in(made.values, around.roles))
    if given:
        part = roles_part(model_work.ROLE, given, given[0].arn.line or made.line)
        yield DraftResource(model_work.USER, name, made.line, (part, *places))
    roles = tuple(role for role in roles_of(made.values) if _is_known(role))
    part = DraftPart(model_work.ROLE, Node(roles, made.line), made.line, is_json=True)
    yield DraftResource(model_work.WORK, name, made.line, (*((part,) if roles else ()), *places))


def _name_of_model(made: Made) -> Node:
    names = [name for name, _ in made.values.pairs if name.endswith("Name")] + ["name"]
    word = made.kind.rpartition("::")[2]
    own = [f"{word}Name", f"{word.removesuffix('Config')}ConfigName", "name", *names]
    return next((found for name in own if (found := made.get(name)) is not None), made.name)


def roles_of(node: Node) -> Iterator[Node]:
    """Yield what a structure names as roles, however deep it stands."""
    if isinstance(node.value, tuple):
        yield from (role for item in node.value for role in roles_of(item))
    for name, member in node.pairs:
        if name.replace("_", "").lower().endswith(_ROLE) and not member.pairs:
            yield from member.items
        else:
            yield from roles_of(member)


def _places(made: Made) -> Iterator[DraftPart]:
    """Yield the places in S3 that work reads and writes, as far as they are known."""
    found = list(_texts(made.values, ()))
    for part, is_written in ((model_work.INPUTS, False), (model_work.OUTPUTS, True)):
        uris = [node for path, node in found if any(word in name for name in path for word in _WRITTEN) is is_written]
        if uris:
            yield DraftPart(part, Node(tuple(uris), made.line), uris[0].line or made.line, is_json=True)


def _texts(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Node]]:
    if isinstance(node.value, tuple):
        yield from (found for item in node.value for found in _texts(item, path))
    elif isinstance(node.value, Members):
        members = ((name.replace("_", "").lower(), member) for name, member in node.pairs)
        yield from (found for name, one in members if name not in _OWN_WORDS for found in _texts(one, (*path, name)))
    elif (first := parts_of(node)[0]) and isinstance(first, str) and first.startswith("s3://"):
        yield path, node


def _anywhere(roles: str, enabled: str) -> Shape:
    """Return how a profile of IAM Roles Anywhere is read: of anchors, one is there unless nobody makes any."""

    def shaped(made: Made, around: Around) -> Shaped:
        given = [role for item in made.listed(roles) for role in given_roles(item, around.roles)]
        if not given:
            return
        line = given[0].arn.line or made.line
        anchors = Node((Node("a trust anchor", line),), line)
        is_off = hole_at(made.values, enabled) is None and word_at(made.values, enabled).lower() == "false"
        state = anywhere.DISABLED if is_off else anywhere.ENABLED
        name = made.get("Name") or made.get("name") or made.name
        parts = (roles_part(anywhere.ROLES, given, line), DraftPart(anywhere.ANCHORS, anchors, line, is_json=True))
        facts = (DraftFact(anywhere.STATE, state, state), DraftFact(anywhere.NAME, shown(name), shown(name)))
        yield DraftResource(anywhere.PROFILE, name, made.line, parts, facts)

    return shaped


def _instance_profile(member: str, name: str) -> Shape:
    """Return how an instance profile is read: it is around the guarded role that it holds."""

    def shaped(made: Made, around: Around) -> Shaped:
        for item in made.listed(member):
            for given in given_roles(item, around.roles):
                held = Node((made.get(name) or made.name,), given.arn.line or made.line)
                part = DraftPart(role_use.PROFILES, held, held.line, is_json=True, is_sure=given.is_sure, why=given.why)
                about = role_name(given.arn)
                yield DraftResource(role_use.TYPE, about, made.line, (part,))

    return shaped


def _group(made: Made, around: Around) -> Shaped:
    """Yield a group of Greengrass that is Panorama's: it acts as a guarded role."""
    given = list(given_roles(made.get("RoleArn"), around.roles))
    if given:
        part = roles_part(greengrass.ROLE, given, given[0].arn.line or made.line)
        yield DraftResource(greengrass.GROUP, made.get("Name") or made.name, made.line, (part,))


def _deployment(made: Made, _: Around) -> Shaped:
    """Yield a deployment of Greengrass to a device of the naming pattern."""
    target, components = made.get("TargetArn"), made.get("Components")
    name = word_at(made.values, "TargetArn").rpartition("/")[2]
    if target is not None and components is not None and name.startswith("panorama"):
        listed = Node(tuple(Node(one, made.line) for one, _ in components.pairs), components.line)
        part = DraftPart(greengrass.COMPONENTS, listed, components.line or made.line, is_json=True)
        yield DraftResource(greengrass.DEPLOYMENT, made.get("DeploymentName") or made.name, made.line, (part,))


_MODEL_TYPES = (
    *("Model", "NotebookInstance", "Pipeline", "Domain", "UserProfile", "EndpointConfig", "FeatureGroup", "Image"),
    *("Cluster", "InferenceExperiment", "MlflowTrackingServer", "MonitoringSchedule", "ProcessingJob"),
    *("Algorithm", "DeviceFleet", "MlflowApp", "ModelPackage", "PartnerApp", "Project"),
    *("DataQualityJobDefinition", "ModelBiasJobDefinition", "ModelExplainabilityJobDefinition"),
    "ModelQualityJobDefinition",
)
_PLANNED_MODELS = (
    *("model", "notebook_instance", "pipeline", "domain", "user_profile", "endpoint_configuration", "feature_group"),
    *("image", "mlflow_tracking_server", "monitoring_schedule", "data_quality_job_definition"),
    *("device_fleet", "flow_definition"),
)
# What of AWS IoT acts as a role that it is given: its kind, and the member that names one of it, if there is one.
_IOT_TAKERS: Mapping[str, tuple[str, str]] = {
    "AWS::IoT::Command": (iot_takers.COMMAND, "CommandId"),
    "AWS::IoT::JobTemplate": (iot_takers.JOB_TEMPLATE, "JobTemplateId"),
    "AWS::IoT::MitigationAction": (iot_takers.MITIGATION, "ActionName"),
    "AWS::IoT::SecurityProfile": (iot_takers.SECURITY_PROFILE, "SecurityProfileName"),
    "AWS::IoT::Stream": (iot_takers.STREAM, "StreamId"),
    "AWS::IoT::TopicRuleDestination": (iot_takers.DESTINATION, ""),
    "AWS::IoT::CACertificate": (iot_takers.AUTHORITY, ""),
    "AWS::IoT::Logging": (iot_takers.LOGGING, ""),
    "AWS::IoT::AccountAuditConfiguration": (iot_takers.AUDIT, ""),
    "AWS::IoT::EncryptionConfiguration": (iot_takers.ENCRYPTION, ""),
    "aws_iot_topic_rule_destination": (iot_takers.DESTINATION, ""),
    "aws_iot_ca_certificate": (iot_takers.AUTHORITY, ""),
    "aws_iot_logging_options": (iot_takers.LOGGING, ""),
}
SHAPES: Mapping[str, Shape] = {
    "AWS::IoT::RoleAlias": _iot_user(iot.ROLE_ALIAS, "RoleAlias"),
    "AWS::IoT::TopicRule": _iot_user(iot.TOPIC_RULE, "RuleName"),
    "AWS::IoT::ProvisioningTemplate": _iot_user(iot.TEMPLATE, "TemplateName"),
    "aws_iot_role_alias": _iot_user(iot.ROLE_ALIAS, "alias"),
    "aws_iot_topic_rule": _iot_user(iot.TOPIC_RULE, "name"),
    "aws_iot_provisioning_template": _iot_user(iot.TEMPLATE, "name"),
    **{each: _iot_user(kind, member) for each, (kind, member) in _IOT_TAKERS.items()},
    **{f"AWS::SageMaker::{one}": _model for one in _MODEL_TYPES},
    **{f"aws_sagemaker_{one}": _model for one in _PLANNED_MODELS},
    "AWS::RolesAnywhere::Profile": _anywhere("RoleArns", "Enabled"),
    "aws_rolesanywhere_profile": _anywhere("role_arns", "enabled"),
    "AWS::IAM::InstanceProfile": _instance_profile("Roles", "InstanceProfileName"),
    "aws_iam_instance_profile": _instance_profile("role", "name"),
    "AWS::Greengrass::Group": _group,
    "AWS::GreengrassV2::Deployment": _deployment,
}
