"""What of SageMaker acts as a role: moto has some of it, and not always the role. It is kept as it was asked for.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Service.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from botocore import xform_name
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model, utcnow
from moto.sagemaker.exceptions import ResourceNotFound
from moto.sagemaker.responses import SageMakerResponse

from panorama_guard.case.model_work import EXECUTION, JOB, PACKAGE, TAKERS, end_of, resource_of

Answer = Callable[[SageMakerResponse], ActionResult]

_DEFINED: Final = "MonitoringJobDefinitionName"  # as listings call the definition of a job that watches a model
_OF_ONE: Final = ("JobCategory", "PipelineName")  # of what is listed that has it
MANAGED: Final = "arn:aws:sagemaker:us-east-1:aws:pipeline/tuning"  # a pipeline that AWS manages
# What is described otherwise than it was asked for.
_SHOWN: Final[Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "project": lambda one: {**one, "TemplateProviderDetails": _templates(one)},
    "training-session": lambda one: {"TrainingSessionDetail": one},
}


def _templates(project: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"CfnTemplateProviderDetail": one["CfnTemplateProvider"]} for one in project.get("TemplateProviders", [])]


def taker_repairs() -> Iterator[tuple[type, str, object]]:
    """Yield the operations by which SageMaker keeps what acts as a role, of every kind."""
    for kind, (word, _) in TAKERS.items():
        making = "Start" if kind == EXECUTION else "Create"
        both = (word, f"{word}V2") if kind == "auto-ml-job" else (word,)
        for each in both:
            yield SageMakerResponse, xform_name(f"{making}{each}"), _putting(kind)
            yield SageMakerResponse, xform_name(f"Describe{each}"), _describing(kind)
        yield SageMakerResponse, xform_name(f"Update{word}"), _putting(kind)
        yield SageMakerResponse, xform_name(f"Delete{word}"), _deleting(kind)
        yield SageMakerResponse, xform_name(f"List{word}s"), _listing(kind, f"List{word}s")
    yield SageMakerResponse, "list_pipelines", _list_pipelines


def _kept(response: SageMakerResponse, kind: str) -> dict[str, dict[str, Any]]:
    """Return what is kept of a kind by its name, which the backend forgets with everything else."""
    kinds: dict[str, dict[str, dict[str, Any]]] = response.sagemaker_backend.__dict__.setdefault("takers", {})
    return kinds.setdefault(kind, {})


def _name(kind: str, asked: Mapping[str, Any]) -> str:
    """Return the name of what a call asks for: of what has an ARN for one, that call's or a new one."""
    member = TAKERS[kind][1]
    named = asked.get("ModelPackageName") if kind == PACKAGE else asked.get(member)
    if kind == JOB:
        return f"{asked['JobCategory']}/{named}"
    if not member.endswith("Arn") or named is not None:
        return end_of(str(named))
    if kind == PACKAGE:
        return f"{asked['ModelPackageGroupName']}/1"
    new = sha256(str(asked["Name" if "Name" in asked else "ClientRequestToken"]).encode()).hexdigest()[:12]
    return f"{end_of(asked['PipelineName'])}/execution/{new}" if kind == EXECUTION else f"app-{new.upper()}"


def _arn(response: SageMakerResponse, kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{response.region}:{response.current_account}:{resource_of(kind, name)}"


def _putting(kind: str) -> Answer:
    def put(response: SageMakerResponse) -> ActionResult:
        asked = json.loads(response.body)
        name, kept = _name(kind, asked), _kept(response, kind)
        arn = _arn(response, kind, name)
        arns = {"Arn": arn, f"{TAKERS[kind][0]}Arn": arn}
        kept[name] = {"CreationTime": utcnow(), **kept.get(name, {}), **asked, **arns}
        return ActionResult(arns)

    return put


def _describing(kind: str) -> Answer:
    def describe(response: SageMakerResponse) -> ActionResult:
        name = _name(kind, json.loads(response.body))
        if name not in _kept(response, kind):
            raise ResourceNotFound(message=f"{name} does not exist.")
        found = _kept(response, kind)[name]
        return ActionResult(_SHOWN[kind](found) if kind in _SHOWN else found)

    return describe


def _deleting(kind: str) -> Answer:
    def delete(response: SageMakerResponse) -> ActionResult:
        _kept(response, kind).pop(_name(kind, json.loads(response.body)), None)
        return ActionResult({})

    return delete


def _listing(kind: str, operation: str) -> Answer:
    members = get_service_model("sagemaker").operation_model(operation).output_shape.members
    listed = next(name for name, shape in members.items() if shape.type_name == "list")

    def list_all(response: SageMakerResponse) -> ActionResult:
        asked = {name: value for name, value in json.loads(response.body).items() if name in _OF_ONE}
        found = [one for one in _kept(response, kind).values() if asked.items() <= one.items()]
        return ActionResult({listed: [{**one, _DEFINED: one.get(TAKERS[kind][1])} for one in found]})

    return list_all


_list_own = SageMakerResponse.list_pipelines


def _list_pipelines(response: SageMakerResponse) -> ActionResult:
    """List the account's own, or the one that AWS manages: moto knows none of these."""
    if json.loads(response.body).get("ManagedBy") != "AWS":
        return _list_own(response)
    return ActionResult({"PipelineSummaries": [{"PipelineArn": MANAGED, "PipelineName": end_of(MANAGED)}]})
