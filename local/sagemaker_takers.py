"""What of SageMaker acts as a role: moto has some of it, and not always the role. It is kept as it was asked for.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Service.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from botocore import xform_name
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model, utcnow
from moto.sagemaker.exceptions import ResourceNotFound
from moto.sagemaker.responses import SageMakerResponse

from panorama_guard.case.model_work import TAKERS

Answer = Callable[[SageMakerResponse], ActionResult]

_DEFINED: Final = "MonitoringJobDefinitionName"  # as listings call the definition of a job that watches a model


def taker_repairs() -> Iterator[tuple[type, str, object]]:
    """Yield the operations by which SageMaker keeps what acts as a role, of every kind."""
    for kind, (word, member) in TAKERS.items():
        both = (word, f"{word}V2") if kind == "auto-ml-job" else (word,)
        for each in both:
            yield SageMakerResponse, xform_name(f"Create{each}"), _putting(kind, member)
            yield SageMakerResponse, xform_name(f"Describe{each}"), _describing(kind, member)
        yield SageMakerResponse, xform_name(f"Update{word}"), _putting(kind, member)
        yield SageMakerResponse, xform_name(f"Delete{word}"), _deleting(kind, member)
        yield SageMakerResponse, xform_name(f"List{word}s"), _listing(kind, member, f"List{word}s")


def _kept(response: SageMakerResponse, kind: str) -> dict[str, dict[str, Any]]:
    """Return what is kept of a kind, which the backend forgets with everything else."""
    kinds: dict[str, dict[str, dict[str, Any]]] = response.sagemaker_backend.__dict__.setdefault("takers", {})
    return kinds.setdefault(kind, {})


def _putting(kind: str, member: str) -> Answer:
    def put(response: SageMakerResponse) -> ActionResult:
        asked = json.loads(response.body)
        kept = _kept(response, kind)
        kept[asked[member]] = {"CreationTime": utcnow(), **kept.get(asked[member], {}), **asked}
        return ActionResult({})

    return put


def _describing(kind: str, member: str) -> Answer:
    def describe(response: SageMakerResponse) -> ActionResult:
        name = str(response._get_param(member))
        if name not in _kept(response, kind):
            raise ResourceNotFound(message=f"{name} does not exist.")
        return ActionResult(_kept(response, kind)[name])

    return describe


def _deleting(kind: str, member: str) -> Answer:
    def delete(response: SageMakerResponse) -> ActionResult:
        _kept(response, kind).pop(str(response._get_param(member)), None)
        return ActionResult({})

    return delete


def _listing(kind: str, member: str, operation: str) -> Answer:
    members = get_service_model("sagemaker").operation_model(operation).output_shape.members
    listed = next(name for name, shape in members.items() if shape.type_name == "list")

    def list_all(response: SageMakerResponse) -> ActionResult:
        entries = [{**one, _DEFINED: one[member]} for one in _kept(response, kind).values()]
        return ActionResult({listed: entries})

    return list_all
