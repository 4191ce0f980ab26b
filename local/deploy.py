"""Puts the translated template on this machine: every resource, or one line saying which it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from botocore.exceptions import ClientError, ParamValidationError

from local.deploy_compute import COMPUTE
from local.deploy_context import Context, Created, Made, type_creator
from local.deploy_errors import DeployError, refuse_resource
from local.deploy_events import EVENTS
from local.deploy_intrinsics import Resolver
from local.deploy_messaging import MESSAGING
from local.deploy_properties import Properties
from local.deploy_records import Deployment, FunctionUrl, UrlPermission
from local.deploy_security import SECURITY
from local.deploy_storage import STORAGE
from local.deploy_translate import Template
from local.deploy_urls import URLS

STACK_NAME: Final = "panorama-guard"
_CREATORS: Final[Mapping[str, type_creator]] = {**SECURITY, **MESSAGING, **STORAGE, **COMPUTE, **URLS, **EVENTS}
_RESOURCE_KEYS: Final = frozenset(
    {"Type", "Properties", "Condition", "DependsOn", "Metadata", "DeletionPolicy", "UpdateReplacePolicy"}
)


class _Stack:
    """Creates resources when something first refers to them."""

    def __init__(self, template: Template, context: Context) -> None:
        self._resources: Mapping[str, Mapping[str, Any]] = template.body["Resources"]
        self._context = context
        self._created: dict[str, Created] = {}
        self._under_way: list[str] = []
        self.resolver = Resolver(template.body, {**template.parameters, **_pseudo_parameters(context)}, self)

    def create_all(self) -> dict[str, Created]:
        for logical_id, resource in self._resources.items():
            if self._is_wanted(resource):
                self._create(logical_id)
        return self._created

    def reference(self, logical_id: str) -> str | None:
        return self._create(logical_id).reference if logical_id in self._resources else None

    def attribute(self, logical_id: str, name: str) -> str:
        if logical_id not in self._resources:
            message = f"Fn::GetAtt names nothing in the template: `{logical_id}.{name}`"
            raise DeployError(message)
        attributes = self._create(logical_id).attributes
        if name not in attributes:
            raise refuse_resource(logical_id, self._kind(logical_id), f"attribute is not handled: `{name}`")
        return attributes[name]

    def _is_wanted(self, resource: Mapping[str, Any]) -> bool:
        return "Condition" not in resource or self.resolver.holds(resource["Condition"])

    def _kind(self, logical_id: str) -> str:
        return str(self._resources[logical_id].get("Type"))

    def _create(self, logical_id: str) -> Created:
        if logical_id in self._created:
            return self._created[logical_id]
        if logical_id in self._under_way:
            raise refuse_resource(logical_id, self._kind(logical_id), "resources depend on each other in a circle")
        self._under_way.append(logical_id)
        self._created[logical_id] = self._make(logical_id)
        self._under_way.remove(logical_id)
        return self._created[logical_id]

    def _make(self, logical_id: str) -> Created:
        resource, kind = self._resources[logical_id], self._kind(logical_id)
        creator = _CREATORS.get(kind)
        if creator is None:
            raise refuse_resource(logical_id, kind, "resource type is not handled on one machine")
        if unknown := resource.keys() - _RESOURCE_KEYS:
            raise refuse_resource(logical_id, kind, f"attribute is not handled: `{min(unknown)}`")
        for other in _as_list(resource.get("DependsOn", [])):
            self._create(other)
        properties = Properties(logical_id, kind, self._resolve(logical_id, resource.get("Properties", {})))
        created = self._call(creator, properties)
        properties.finish()
        return created

    def _resolve(self, logical_id: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return dict(self.resolver.resolve(values))
        except DeployError as error:
            if str(error).startswith("template.yaml:"):
                raise  # it names another resource already
            raise refuse_resource(logical_id, self._kind(logical_id), str(error)) from None

    def _call(self, creator: type_creator, properties: Properties) -> Created:
        try:
            return creator(self._context, properties)
        except (ClientError, ParamValidationError) as error:
            properties.refuse(f"cannot be created: {' '.join(str(error).split())}")


def deploy(template: Template, *, client: Callable[[str], Any], account: str, region: str) -> Deployment:
    """Create every resource of the template through the clients, or raise `DeployError` with one line."""
    context = Context(account, region, STACK_NAME, client, template.code_folder, Made())
    stack = _Stack(template, context)
    _check_rules(template, stack.resolver)
    created = stack.create_all()
    made = context.made
    return Deployment(
        account=account,
        region=region,
        parameters=dict(template.parameters),
        resources={logical_id: each.reference for logical_id, each in created.items()},
        outputs=_outputs_of(template, stack.resolver),
        functions=tuple(made.functions),
        queue_mappings=tuple(made.queue_mappings),
        stream_mappings=tuple(made.stream_mappings),
        schedules=tuple(made.schedules),
        alarms=tuple(made.alarms),
        urls=tuple(_with_permissions(url, made.url_permissions) for url in made.urls),
        service_roles=tuple(each.role_arn for each in made.schedules if each.role_arn),
    )


def _with_permissions(url: FunctionUrl, permissions: list[UrlPermission]) -> FunctionUrl:
    own = tuple(one for one in permissions if one.function_name == url.function_name)
    return replace(url, permissions=own)


def _outputs_of(template: Template, resolver: Resolver) -> dict[str, str]:
    declared: Mapping[str, Mapping[str, Any]] = template.body.get("Outputs", {})
    wanted = {
        name: each for name, each in declared.items() if "Condition" not in each or resolver.holds(each["Condition"])
    }
    return {name: str(resolver.resolve(each["Value"])) for name, each in wanted.items()}


def _check_rules(template: Template, resolver: Resolver) -> None:
    """Hold the parameters and the region against the template's own assertions."""
    rules: Mapping[str, Mapping[str, Any]] = template.body.get("Rules", {})
    for name, rule in rules.items():
        if "RuleCondition" in rule and not resolver.decide(rule["RuleCondition"]):
            continue
        for assertion in rule["Assertions"]:
            if not resolver.decide(assertion["Assert"]):
                message = f"template.yaml: rule {name}: {assertion.get('AssertDescription', 'assertion does not hold')}"
                raise DeployError(message)


def _pseudo_parameters(context: Context) -> dict[str, Any]:
    return {
        "AWS::AccountId": context.account,
        "AWS::Partition": "aws",
        "AWS::Region": context.region,
        "AWS::StackName": context.stack_name,
        "AWS::StackId": context.arn("cloudformation", f"stack/{context.stack_name}/local"),
        "AWS::URLSuffix": "amazonaws.com",
        "AWS::NotificationARNs": [],
    }


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
