"""Creates layers, functions and event source mappings."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from local.deploy_context import Context, Created, type_creator
from local.deploy_properties import Properties
from local.deploy_records import Batching, Function, QueueMapping, StreamMapping
from local.patterns import Pattern, PatternError, parse_pattern

_MAX_FILTER: Final = 4096
_REPORTING: Final = "ReportBatchItemFailures"
_START: Final = frozenset({"TRIM_HORIZON", "LATEST"})  # the same here: the mapping is as old as the table


def _create_layer(context: Context, properties: Properties) -> Created:
    folder = _code_of(context, properties, "Content")
    made = context.client("lambda").publish_layer_version(
        LayerName=properties.text("LayerName", properties.logical_id),
        Content={"ZipFile": _placeholder()},
        **properties.given("Description", "CompatibleRuntimes", "LicenseInfo"),
    )
    properties.take("CompatibleArchitectures")  # the layer's folder is used whatever this machine is
    arn = str(made["LayerVersionArn"])
    context.made.layers[arn] = folder
    return Created(arn, {"LayerVersionArn": arn})


def _create_function(context: Context, properties: Properties) -> Created:
    name = properties.text("FunctionName", context.name_of(properties.logical_id))
    logging = properties.nested("LoggingConfig")
    function = Function(
        logical_id=properties.logical_id,
        name=name,
        arn=context.arn("lambda", f"function:{name}"),
        handler=properties.need("Handler"),
        runtime=properties.need("Runtime"),
        memory_mb=properties.number("MemorySize", 128),
        timeout_seconds=properties.number("Timeout", 3),
        role_arn=properties.need("Role"),
        environment=_environment_of(properties),
        code_folder=_code_of(context, properties, "Code"),
        layer_folders=tuple(_layer_folder(context, properties, arn) for arn in properties.take("Layers", [])),
        log_format=logging.text("LogFormat", "Text"),
        log_group=logging.text("LogGroup", f"/aws/lambda/{name}"),
        reserved_concurrency=_optional(properties, "ReservedConcurrentExecutions"),
    )
    logging.finish()
    properties.take("Architectures")  # the machine's own processor runs it; the code is pure Python
    _register(context, function, properties)
    context.made.functions.append(function)
    return Created(name, {"Arn": function.arn})


def _register(context: Context, function: Function, properties: Properties) -> None:
    """Make the function known to the Lambda API, where it can be listed; it runs from its folder."""
    client = context.client("lambda")
    client.create_function(
        FunctionName=function.name,
        Role=function.role_arn,
        Runtime=function.runtime,
        Handler=function.handler,
        Code={"ZipFile": _placeholder()},
        Timeout=function.timeout_seconds,
        MemorySize=function.memory_mb,
        Description=properties.text("Description"),
        Environment={"Variables": dict(function.environment)},
        Tags={str(tag["Key"]): str(tag["Value"]) for tag in properties.take("Tags", [])},
        **properties.given("TracingConfig"),
    )
    if function.reserved_concurrency is not None:
        client.put_function_concurrency(
            FunctionName=function.name, ReservedConcurrentExecutions=function.reserved_concurrency
        )


def _create_mapping(context: Context, properties: Properties) -> Created:
    arn = str(properties.need("EventSourceArn"))
    if properties.flag("Enabled", default=True):
        make = _MAPPINGS.get(arn.split(":")[2])
        if make is None:
            properties.refuse(f"event source is not handled on one machine: `{arn}`")
        make(context, properties, arn)
    return Created(context.name_of(properties.logical_id))


def _map_queue(context: Context, properties: Properties, arn: str) -> None:
    scaling = properties.nested("ScalingConfig")
    mapping = QueueMapping(
        logical_id=properties.logical_id,
        queue_name=arn.rsplit(":", 1)[-1],
        queue_arn=arn,
        function_name=_function_name(properties),
        batching=_batching_of(properties, default_size=10),
        max_concurrency=_optional(scaling, "MaximumConcurrency"),
    )
    scaling.finish()
    context.made.queue_mappings.append(mapping)


def _map_stream(context: Context, properties: Properties, arn: str) -> None:
    start = properties.need("StartingPosition")
    if start not in _START:
        properties.refuse(f"StartingPosition is not handled on one machine: `{start}`")
    failure = properties.nested("DestinationConfig").nested("OnFailure")
    mapping = StreamMapping(
        logical_id=properties.logical_id,
        table_name=arn.split(":", 5)[-1].split("/")[1],
        stream_arn=arn,
        function_name=_function_name(properties),
        batching=_batching_of(properties, default_size=100),
        bisects=properties.flag("BisectBatchOnFunctionError"),
        max_attempts=_bounded(properties, "MaximumRetryAttempts"),
        max_age_seconds=_bounded(properties, "MaximumRecordAgeInSeconds"),
        failure_arn=failure.take("Destination"),
    )
    failure.finish()
    if properties.number("ParallelizationFactor", 1) != 1:
        properties.refuse("ParallelizationFactor other than 1 is not handled on one machine")
    context.made.stream_mappings.append(mapping)


_MAPPINGS: Final = {"sqs": _map_queue, "dynamodb": _map_stream}


def _batching_of(properties: Properties, *, default_size: int) -> Batching:
    kinds = properties.take("FunctionResponseTypes", [])
    if unknown := [kind for kind in kinds if kind != _REPORTING]:
        properties.refuse(f"FunctionResponseTypes has an unknown member: `{unknown[0]}`")
    criteria = properties.nested("FilterCriteria")
    filters = tuple(_filter(properties, each) for each in criteria.take("Filters", []))
    criteria.finish()
    return Batching(
        size=properties.number("BatchSize", default_size),
        window_seconds=properties.number("MaximumBatchingWindowInSeconds", 0),
        reports_failures=_REPORTING in kinds,
        filters=filters,
    )


def _filter(properties: Properties, value: Mapping[str, Any]) -> Pattern:
    text = str(value.get("Pattern", "{}"))
    if len(text) > _MAX_FILTER:
        properties.refuse(f"filter pattern is longer than {_MAX_FILTER} characters: `{len(text)}`")
    try:
        return parse_pattern(text)
    except PatternError as error:
        properties.refuse(str(error))


def _function_name(properties: Properties) -> str:
    return str(properties.need("FunctionName")).rsplit(":", 1)[-1]


def _environment_of(properties: Properties) -> tuple[tuple[str, str], ...]:
    environment = properties.nested("Environment")
    variables = environment.take("Variables", {})
    environment.finish()
    return tuple((str(name), str(value)) for name, value in variables.items())


def _code_of(context: Context, properties: Properties, name: str) -> Path:
    folder = context.code_folder(str(properties.need(name)["S3Key"]))
    if not folder.is_dir():
        properties.refuse(f"there is no folder, run `sam build` first: `{folder}`")
    return folder


def _layer_folder(context: Context, properties: Properties, arn: str) -> Path:
    if arn not in context.made.layers:
        properties.refuse(f"layer is not of this template: `{arn}`")
    return context.made.layers[arn]


def _optional(properties: Properties, name: str) -> int | None:
    return properties.number(name, 0) or None


def _bounded(properties: Properties, name: str) -> int | None:
    """Return the bound; -1, the default, is none."""
    value = properties.number(name, -1)
    return None if value < 0 else value


def _placeholder() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("README", "The code runs from the folder that sam build made.")
    return buffer.getvalue()


COMPUTE: Final[Mapping[str, type_creator]] = {
    "AWS::Lambda::LayerVersion": _create_layer,
    "AWS::Lambda::Function": _create_function,
    "AWS::Lambda::EventSourceMapping": _create_mapping,
}
