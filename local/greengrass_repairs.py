"""What Greengrass has and moto leaves out: the account's service role, and deployments of the second version.

https://docs.aws.amazon.com/greengrass/v2/APIReference/API_Operations.html
"""

from __future__ import annotations

import re
import uuid
from typing import Any, Final

from moto.greengrass import urls
from moto.greengrass.models import greengrass_backends

from local.json_requests import answer, body_of, type_answer

_ACCOUNT: Final = "123456789012"
_DEPLOYMENT: Final = re.compile(r"/greengrass/v2/deployments/([^/?]+)")


def _kept() -> dict[str, Any]:
    """Return what is kept of all regions together; the backend forgets it with everything else."""
    kept: dict[str, Any] = greengrass_backends[_ACCOUNT]["us-east-1"].__dict__.setdefault("kept", {})
    return kept


def _service_role(request: Any, _url: str, _headers: Any) -> type_answer:
    kept = _kept()
    if request.method == "PUT":
        kept["role"] = {"RoleArn": body_of(request)["RoleArn"], "AssociatedAt": "2026-11-26T00:00:00Z"}
        return answer({"AssociatedAt": kept["role"]["AssociatedAt"]})
    if request.method == "DELETE":
        kept.pop("role", None)
        return answer({"DisassociatedAt": "2026-11-26T00:00:00Z"})
    if "role" not in kept:
        return answer({"message": "You need to attach an IAM role to this account."}, 404)
    return answer(kept["role"])


def _deployments(request: Any, _url: str, _headers: Any) -> type_answer:
    deployments = _kept().setdefault("deployments", {})
    if request.method == "POST":
        made = {**body_of(request), "deploymentId": str(uuid.uuid4()), "isLatestForTarget": True}
        deployments[made["deploymentId"]] = made
        return answer({"deploymentId": made["deploymentId"]}, 201)
    return answer({"deployments": list(deployments.values())})


def _deployment(request: Any, url: str, _headers: Any) -> type_answer:
    deployments = _kept().setdefault("deployments", {})
    found = _DEPLOYMENT.search(url)
    name = found[1] if found else ""
    if name not in deployments:
        return answer({"message": "no such deployment", "__type": "ResourceNotFoundException"}, 404)
    if request.method == "DELETE":
        del deployments[name]
        return answer({}, 204)
    return answer(deployments[name])


def repair_greengrass() -> None:
    """Put the paths in place that moto does not have; doing so twice changes nothing."""
    urls.url_paths["{0}/greengrass/servicerole$"] = _service_role
    urls.url_paths["{0}/greengrass/v2/deployments$"] = _deployments
    urls.url_paths["{0}/greengrass/v2/deployments/(?P<deployment_id>[^/]+)$"] = _deployment
