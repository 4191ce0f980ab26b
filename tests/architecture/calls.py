"""Which AWS operations each function can call, read from the code: handler, service and adapters."""

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "layers" / "guard" / "panorama_guard"
CLIENTS = frozenset(
    {
        "_iam",
        "_dynamodb",
        "_sqs",
        "_sns",
        "_s3",
        "_s3control",
        "_lambda",
        "_secretsmanager",
        "_logs",
        "_iot",
        "_sagemaker",
        "_greengrass",
        "_greengrassv2",
        "_cloudwatch",
        "_events",
        "_securityhub",
        "_rolesanywhere",
        "_organizations",
    }
)
PAGINATORS = frozenset({"_pages", "get_paginator"})

# Operations that IAM knows under another action's name, or boto3 under another method's.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
ALIASES = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "s3:GetBucketCors": "s3:GetBucketCORS",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "iam:GetOpenIdConnectProvider": "iam:GetOpenIDConnectProvider",
    "iam:GetSamlProvider": "iam:GetSAMLProvider",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:ListBucketInventoryConfigurations": "s3:GetInventoryConfiguration",
    "s3:ListBucketAnalyticsConfigurations": "s3:GetAnalyticsConfiguration",
    "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
    "s3control:GetAccessPoint": "s3:GetAccessPoint",
    "s3control:GetAccessPointPolicy": "s3:GetAccessPointPolicy",
    "s3control:ListAccessPoints": "s3:ListAccessPoints",
    "s3control:PutAccessPointPolicy": "s3:PutAccessPointPolicy",
    "greengrassv2:GetDeployment": "greengrass:GetDeployment",
    "greengrassv2:GetServiceRoleForAccount": "greengrass:GetServiceRoleForAccount",
    "greengrassv2:ListDeployments": "greengrass:ListDeployments",
    "s3control:DeleteAccessPointPolicy": "s3:DeleteAccessPointPolicy",
    "sagemaker:DescribeAutoMlJobV2": "sagemaker:DescribeAutoMLJobV2",
    "iot:DescribeCaCertificate": "iot:DescribeCACertificate",
    "iot:ListCaCertificates": "iot:ListCACertificates",
    "sagemaker:ListAutoMlJobs": "sagemaker:ListAutoMLJobs",
    "sagemaker:DescribeAiBenchmarkJob": "sagemaker:DescribeAIBenchmarkJob",
    "sagemaker:ListAiBenchmarkJobs": "sagemaker:ListAIBenchmarkJobs",
    "sagemaker:DescribeAiRecommendationJob": "sagemaker:DescribeAIRecommendationJob",
    "sagemaker:ListAiRecommendationJobs": "sagemaker:ListAIRecommendationJobs",
}
# Where adapters are made.
MAKING = (LIBRARY / "bootstrap.py", LIBRARY / "aws" / "readers.py", LIBRARY / "aws" / "writers.py")


def called_actions(function: str) -> frozenset[str]:
    """Return the IAM actions of every AWS operation that a function's code can reach."""
    methods = {
        method for module in _reachable(_handler(function), _imported_services) for method in _methods_called(module)
    }
    adapters = _adapters_of(bootstrap_name(function))
    return frozenset(
        action
        for adapter in adapters
        for method in _handed_on(methods)
        for action in _adapter_actions()[adapter].get(method, ())
    )


def _handed_on(methods: Iterable[str]) -> frozenset[str]:
    """Return these methods with those that `Resources` asks of a type's reader instead of one of them."""
    (node,) = (one for one in _parse(LIBRARY / "aws" / "subjects.py").body if getattr(one, "name", "") == "Resources")
    own = {each.name: each for each in getattr(node, "body", ()) if isinstance(each, ast.FunctionDef)}
    reached = {name: _reachable(name, lambda at: _own_methods(own[at]) & own.keys()) for name in own}
    asked = {name: frozenset[str]().union(*(_asked_in(own[at]) for at in each)) for name, each in reached.items()}
    return frozenset(each for name in methods for each in (*reached.get(name, (name,)), *asked.get(name, ())))


def _asked_in(method: ast.FunctionDef) -> frozenset[str]:
    """Return the names of the methods of anything that a method calls."""
    calls = (node.func for node in ast.walk(method) if isinstance(node, ast.Call))
    return frozenset(func.attr for func in calls if isinstance(func, ast.Attribute))


def _handler(function: str) -> Path:
    return ROOT / "functions" / function / "handler.py"


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _reachable(start: T, following: Callable[[T], Iterable[T]]) -> frozenset[T]:
    """Return what can be reached from a start, itself included."""
    seen: set[T] = set()
    waiting = [start]
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            waiting += following(at)
    return frozenset(seen)


def _imported_services(path: Path) -> Iterator[Path]:
    for node in ast.walk(_parse(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("panorama_guard.service."):
            yield LIBRARY / "service" / f"{str(node.module).rpartition('.')[2]}.py"


def _methods_called(path: Path) -> frozenset[str]:
    calls = (node.func for node in ast.walk(_parse(path)) if isinstance(node, ast.Call))
    return frozenset(func.attr for func in calls if isinstance(func, ast.Attribute))


def bootstrap_name(function: str) -> str:
    """Return the function of `bootstrap` that a handler calls."""
    (name,) = {
        node.attr
        for node in ast.walk(_parse(_handler(function)))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "bootstrap"
    }
    return name


def _adapters_of(name: str) -> frozenset[str]:
    """Return the adapters that a function of `bootstrap` makes, itself or through what it calls in `MAKING`."""
    functions = {node.name: node for path in MAKING for node in _parse(path).body if isinstance(node, ast.FunctionDef)}
    reached = _reachable(name, lambda at: _names_in(functions[at]) & functions.keys())
    names = {each for at in reached for each in _names_in(functions[at])}
    return frozenset(names & _adapter_actions().keys())


def _names_in(node: ast.AST) -> frozenset[str]:
    return frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))


@cache
def _adapter_actions() -> dict[str, dict[str, frozenset[str]]]:
    """Return the actions of each adapter's methods, by class and method, with those of the adapters that it makes."""
    classes = {
        node.name: node
        for path in sorted((LIBRARY / "aws").glob("*.py"))
        for node in _parse(path).body
        if isinstance(node, ast.ClassDef)
    }
    own = {name: _with_inherited(node, classes) for name, node in classes.items()}
    return {name: _with_made(node, own) for name, node in classes.items()}


def _with_inherited(adapter: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> dict[str, frozenset[str]]:
    """Return the actions of an adapter's methods, and of those that it has from others, or calls in them by `super`."""
    bases = [classes[base.id] for base in adapter.bases if isinstance(base, ast.Name) and base.id in classes]
    body = [*(node for base in bases for node in base.body), *adapter.body]
    actions = _class_actions(ast.ClassDef(adapter.name, [], [], body, []))
    for inherited in (_with_inherited(base, classes) for base in bases):
        actions = {name: each | inherited.get(name, frozenset()) for name, each in actions.items()}
    return actions


def _with_made(adapter: ast.ClassDef, own: dict[str, dict[str, frozenset[str]]]) -> dict[str, frozenset[str]]:
    made = [own[name] for name in _names_in(adapter) & own.keys() - {adapter.name}]
    methods = {node.name: node for node in adapter.body if isinstance(node, ast.FunctionDef)}
    asked = {name: _asked_of_parts(methods, name) for name in methods}
    return {
        name: actions | {action for one in made for method in asked.get(name, ()) for action in one.get(method, ())}
        for name, actions in own[adapter.name].items()
    }


def _asked_of_parts(methods: dict[str, ast.FunctionDef], name: str) -> frozenset[str]:
    """Return the methods that a method calls, by itself or through others, of what the adapter holds."""
    reached = _reachable(name, lambda at: _own_methods(methods[at]) & methods.keys())
    calls = (node.func for at in reached for node in ast.walk(methods[at]) if isinstance(node, ast.Call))
    return frozenset(func.attr for func in calls if isinstance(func, ast.Attribute) and _is_part(func.value))


def _is_part(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and _is_self(node.value) and node.attr not in CLIENTS


def _class_actions(adapter: ast.ClassDef) -> dict[str, frozenset[str]]:
    methods = {node.name: node for node in adapter.body if isinstance(node, ast.FunctionDef)}
    (client,) = {
        node.attr for node in ast.walk(adapter) if isinstance(node, ast.Attribute) and node.attr in CLIENTS
    } or {""}
    own = {name: frozenset(_own_actions(method, client[1:])) for name, method in methods.items()}
    reached = {name: _reachable(name, lambda at: _own_methods(methods[at]) & methods.keys()) for name in methods}
    return {name: frozenset(action for each in reached[name] for action in own[each]) for name in methods}


def _own_methods(method: ast.FunctionDef) -> frozenset[str]:
    return frozenset(each.attr for each in ast.walk(method) if isinstance(each, ast.Attribute) and _is_self(each.value))


def _own_actions(method: ast.FunctionDef, service: str) -> Iterator[str]:
    for call in ast.walk(method):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr in PAGINATORS and call.args and isinstance(call.args[0], ast.Constant):
            yield _action(service, str(call.args[0].value))
        elif isinstance(call.func.value, ast.Attribute) and call.func.value.attr in CLIENTS:
            yield from () if call.func.attr in PAGINATORS else (_action(service, call.func.attr),)


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _action(service: str, operation: str) -> str:
    action = f"{service}:{''.join(part.capitalize() for part in operation.split('_'))}"
    return ALIASES.get(action, action)
