"""The monitor on one machine: AWS's API in front, the template behind it, the functions in Lambda's runtime."""

from __future__ import annotations

import functools
import gc
import json
import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import boto3
from botocore.config import Config

from local.control import Control
from local.delivery import Delivery
from local.delivery_bus import DEFAULT_BUS
from local.delivery_targets import complain
from local.deploy import STACK_NAME, deploy
from local.deploy_access import check_mappings
from local.deploy_records import Deployment, Function, FunctionUrl
from local.deploy_translate import load_template
from local.emulator import LOCK
from local.forwarding import Forwarders
from local.front import FrontServer, serve_front
from local.front_errors import CallRefusedError
from local.hooks import ControlResponse, InvokeResult
from local.runtime import Runtime
from local.runtime_worker import Session
from local.stack_settings import ACCOUNT, REGION, Settings
from panorama_guard.profile import load_profile

_INBOX: Final = "panorama-guard-local-alerts"
_JOIN_SECONDS: Final = 2.0
_COLLECTED_AFTER: Final = (50_000, 50, 100)


@dataclass(slots=True)
class _Hooks:
    """What the front asks; until the template is deployed, events go nowhere, as before a deployment in AWS."""

    delivery: Delivery | None = None
    runtime: Runtime | None = None
    control_calls: Control | None = None
    urls: tuple[FunctionUrl, ...] = ()

    def publish(self, event: dict[str, Any]) -> None:
        if self.delivery is not None:
            self.delivery.publish(event)

    def invoke(self, function_name: str, payload: bytes, invocation_type: str) -> InvokeResult:
        if self.delivery is None or self.runtime is None:
            raise _starting()
        function = self.delivery.functions.find(function_name)
        if function is None:
            raise _unknown(function_name)
        return _INVOCATIONS.get(invocation_type, _run)(self, function, payload)

    def function_url(self, url_id: str) -> FunctionUrl | None:
        return next((url for url in self.urls if url.url_id == url_id), None)

    def control(self, method: str, path: str, body: bytes) -> ControlResponse | None:
        if self.control_calls is None:
            return ControlResponse(503, b'{"idle": false, "error": "the stack is starting"}')
        return self.control_calls.answer(method, path, body)

    def wrote(self, service: str, operation: str, parameters: Mapping[str, Any]) -> None:
        if self.delivery is None:
            return
        if service == "sqs":  # a message may have become visible again, or be gone
            self.delivery.activity.wake()
        if (service, operation) == ("events", "PutEvents"):
            for entry in parameters.get("Entries", []):
                self.delivery.bus.publish(
                    _as_event(entry), str(entry.get("EventBusName", DEFAULT_BUS)).rpartition("/")[2]
                )


def _starting() -> CallRefusedError:
    return CallRefusedError("ServiceException", "the stack is starting", 503)


def _unknown(function_name: str) -> CallRefusedError:
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function_name}"
    return CallRefusedError("ResourceNotFoundException", f"Function not found: {arn}", 404)


def _run(hooks: _Hooks, function: Function, payload: bytes) -> InvokeResult:
    if hooks.delivery is None or hooks.runtime is None:
        raise _starting()
    with hooks.delivery.activity.step():
        return hooks.runtime.invoke(function.name, payload, waits=False)


def _run_later(hooks: _Hooks, function: Function, payload: bytes) -> InvokeResult:
    if hooks.delivery is not None:
        hooks.delivery.functions.submit(function.arn, payload)
    return InvokeResult(b"", 202)


def _run_dry(_: _Hooks, __: Function, ___: bytes) -> InvokeResult:
    return InvokeResult(b"", 204)


_INVOCATIONS: Final = {"RequestResponse": _run, "Event": _run_later, "DryRun": _run_dry}


@dataclass(slots=True)
class Stack:
    """A running stack."""

    settings: Settings
    front: FrontServer
    deployment: Deployment
    delivery: Delivery
    runtime: Runtime
    places: Mapping[str, Any] = field(default_factory=dict)

    def close(self) -> None:
        """Stop everything that was started."""
        self.settings.stack_file.unlink(missing_ok=True)
        self.delivery.stop()
        self.runtime.close()
        self.front.close()
        self.delivery.join(_JOIN_SECONDS)


def start_stack(settings: Settings) -> Stack:
    """Boot the stack and write down where it is, or raise the error that says why not."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    template = load_template(settings.template, settings.parameters, region=REGION)
    hooks = _Hooks()
    front = serve_front(settings.port, hooks=hooks, propagation_seconds=settings.propagation_seconds)
    try:
        client = _clients(front.endpoint)
        deployment = deploy(template, client=client, account=ACCOUNT, region=REGION)
        _enforce_roles(front, deployment)
        check_mappings(deployment)
        runtime = Runtime(deployment.functions, _session_opener(front), settings.folder)
    except BaseException:
        front.close()
        raise
    front.faults.know(_names_by_role(deployment), runtime)
    forwarders = Forwarders(settings.template, settings.parameters, ACCOUNT, STACK_NAME)
    delivery = Delivery(deployment, runtime.invoke, retry_seconds=settings.retry_seconds, forwarders=forwarders)
    places = _write_places(settings, front, deployment, client)
    hooks.runtime, hooks.delivery, hooks.urls = runtime, delivery, deployment.urls
    hooks.control_calls = Control(
        ACCOUNT,
        REGION,
        delivery.publish,
        lambda: delivery.read_idleness().as_json(),
        lambda: places,
        delivery.hurry,
        front.faults,
    )
    stack = Stack(settings, front, deployment, delivery, runtime, places)
    gc.collect()
    gc.enable()
    gc.freeze()  # the models of AWS's services are no garbage, and not worth a look
    gc.set_threshold(*_COLLECTED_AFTER)
    delivery.start()
    if settings.is_warmed:
        for fault in runtime.warm():
            complain(f"function cannot be loaded: {fault}")
    _write_stack_file(settings, places)
    return stack


def serve_until_told(stack: Stack) -> None:
    """Wait for SIGTERM or SIGINT, then stop the stack."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _, __: told.set())
    told.wait()
    stack.close()


def _clients(endpoint: str) -> Any:
    session: Any = boto3.session.Session()
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, proxies={})

    @functools.cache
    def client(service: str) -> Any:
        return session.client(
            service,
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id="operator",
            aws_secret_access_key="local",  # noqa: S106 - any secret will do
            config=config,
        )

    return client


def _enforce_roles(front: FrontServer, deployment: Deployment) -> None:
    """Hold to their policies who acts for the guard, and the guarded roles: there one sees what a Deny does."""
    own = {each.role_arn for each in deployment.functions} | set(deployment.service_roles)
    guarded = {arn for role in load_profile().roles for arn in role.arns(ACCOUNT)}
    with LOCK:
        for role_arn in own | guarded:
            front.authorizer.enforce(role_arn)


def _short_name(function: Function) -> str:
    return function.logical_id.removesuffix("Function").lower()


def _names_by_role(deployment: Deployment) -> dict[str, str]:
    return {each.role_arn: _short_name(each) for each in deployment.functions}


def _session_opener(front: FrontServer) -> Any:
    def open_session(function: Function) -> Session:
        with LOCK:
            keys = front.identities.open_session(function.role_arn, function.name, region=REGION)
        return Session(front.endpoint, REGION, keys.access_key, keys.secret_key, keys.token)

    return open_session


def _write_places(settings: Settings, front: FrontServer, deployment: Deployment, client: Any) -> dict[str, Any]:
    topic, others = deployment.resources["AlertsTopic"], deployment.resources["GuardWatchTopic"]
    inbox = client("sqs").create_queue(QueueName=_INBOX)["QueueUrl"]
    for each in (topic, others):
        client("sns").subscribe(TopicArn=each, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:{_INBOX}")
    return {
        "endpoint": front.endpoint,
        "region": REGION,
        "account": ACCOUNT,
        "mode": deployment.parameters.get("Mode"),
        "topic_arn": topic,
        "alerts_queue_url": inbox,
        "ledger_table": deployment.resources["LedgerTable"],
        "report_bucket": deployment.resources["ReportBucket"],
        "functions": {_short_name(each): each.name for each in deployment.functions},
        "operate_url": deployment.outputs["OperateUrl"],
        "events_url": f"{front.endpoint}/_local/events",
        "idle_url": f"{front.endpoint}/_local/idle",
        "pid": os.getpid(),
        "parameters": dict(deployment.parameters),
        "resources": dict(deployment.resources),
        "logs": str(settings.folder / "logs"),
    }


def _write_stack_file(settings: Settings, places: Mapping[str, Any]) -> None:
    """Write the file in one step: who sees it sees all of it, and the stack is up."""
    draft = settings.stack_file.with_suffix(".part")
    draft.write_text(json.dumps(places, indent=2) + "\n", encoding="utf-8")
    draft.replace(settings.stack_file)


def _as_event(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a PutEvents entry in the bus's envelope."""
    return {
        "version": "0",
        "id": os.urandom(16).hex(),
        "detail-type": entry.get("DetailType", ""),
        "source": entry.get("Source", ""),
        "account": ACCOUNT,
        "time": str(entry.get("Time", "")),
        "region": REGION,
        "resources": list(entry.get("Resources", [])),
        "detail": json.loads(entry.get("Detail", "{}")),
    }
