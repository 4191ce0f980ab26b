"""Small questions to a translated template."""

import re
from collections.abc import Iterator
from typing import Any

Template = dict[str, Any]
Properties = dict[str, Any]

_IN_SUB = re.compile(r"\$\{(\w+)(?:\.\w+)?\}")


def of_type(template: Template, *types: str) -> dict[str, Properties]:
    """Return the properties of the resources of some types, by logical id."""
    return {
        name: resource.get("Properties", {})
        for name, resource in template["Resources"].items()
        if resource["Type"] in types
    }


def as_list(value: object) -> list[Any]:
    """Return a value that may stand alone or in a list as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def referred(value: object) -> str | None:
    """Return the logical id that a Ref, a GetAtt or a Sub of one resource names, also where a condition decides."""
    match value:
        case {"Fn::If": [_, chosen, _]}:
            return referred(chosen)
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::Sub": str(text) | [str(text), _]}:
            return next((name for name in _IN_SUB.findall(text) if name != "AWS"), None)
    return None


def as_deployed(value: Any, name: str) -> Any:
    """Return a part of the template as it is in a stack of this name; what else it refers to has that name too."""
    match value:
        case {"Ref": _} | {"Fn::GetAtt": _}:
            return name
        case {"Fn::Sub": [str(text), dict(given)]}:
            return as_deployed(
                {"Fn::Sub": _IN_SUB.sub(lambda found: name if found[1] in given else found[0], text)}, name
            )
        case {"Fn::Sub": str(text)}:
            return text.replace("${AWS::StackName}", name)
        case dict():
            return {key: as_deployed(each, name) for key, each in value.items()}
        case list():
            return [as_deployed(each, name) for each in value]
    return value


def rules_to(template: Template, queue: str, *, on_any_bus: bool = False) -> dict[str, Properties]:
    """Return the rules that send what they match to a queue: of the account's own bus, or of any."""
    every = of_type(template, "AWS::Events::Rule")
    rules = {name: rule for name, rule in every.items() if on_any_bus or "EventBusName" not in rule}
    return {name: rule for name, rule in rules.items() if queue in [referred(one["Arn"]) for one in rule["Targets"]]}


def text_of(value: object) -> str:
    """Return a string, or the text of a Sub; anything else as `<logical id>`."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and isinstance(value.get("Fn::Sub"), str):
        return str(value["Fn::Sub"])
    return f"<{referred(value)}>"


def actions(statement: Properties) -> list[str]:
    """Return the actions of a statement."""
    return [str(action) for action in as_list(statement.get("Action"))]


def statements_of(document: Properties) -> list[Properties]:
    """Return the statements of a policy document, those included that a parameter decides about."""
    return [_chosen(statement) for statement in as_list(document["Statement"])]


def _chosen(statement: Properties) -> Properties:
    """Return a statement that stands under a condition as if the condition held."""
    chosen: Properties = statement["Fn::If"][1] if "Fn::If" in statement else statement
    return chosen


def role_statements(template: Template, role: str) -> list[Properties]:
    """Return the statements of a role's own policies."""
    policies = template["Resources"][role]["Properties"].get("Policies", [])
    return [statement for policy in policies for statement in statements_of(policy["PolicyDocument"])]


def role_of(template: Template, function: str) -> str:
    """Return the logical id of a function's role."""
    return str(referred(template["Resources"][function]["Properties"]["Role"]))


def documents(template: Template) -> Iterator[tuple[str, Properties]]:
    """Yield every policy document of the template with the logical id of its owner, trust documents left out."""
    for name, role in of_type(template, "AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            yield name, policy["PolicyDocument"]
    for name, owner in of_type(
        template, "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy"
    ).items():
        yield name, owner["PolicyDocument"]
    for name, key in of_type(template, "AWS::KMS::Key").items():
        yield name, key["KeyPolicy"]


def services(statement: Properties) -> list[str]:
    """Return the service principals of a statement."""
    principal = statement.get("Principal")
    return [text_of(each) for each in as_list(principal.get("Service"))] if isinstance(principal, dict) else []
