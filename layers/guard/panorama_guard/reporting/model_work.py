"""What an operator may type about a finding in SageMaker."""

import re
import shlex

from panorama_guard.case import model_work
from panorama_guard.case.incident import Incident
from panorama_guard.reporting.plain import plain

# What stays on record, and can only be stopped.
_NOT_DELETED = frozenset(
    {
        *(model_work.TRANSFORM, "auto-ml-job", "inference-recommendations-job", "labeling-job", "edge-packaging-job"),
        model_work.EXECUTION,
    }
)
_WORD = re.compile("[A-Z]+(?=[A-Z][a-z])|[A-Z][a-z]+|[A-Z]+")
_SHOWN = {"auto-ml-job": "auto-ml-job-v2"}  # the call that shows jobs of both versions
_OPTIONS = {model_work.PACKAGE: "ModelPackageName"}  # which takes an ARN too
_LISTED = {
    model_work.EXECUTION: ("aws sagemaker list-pipelines --managed-by AWS",),
    model_work.JOB: tuple(f"aws sagemaker list-jobs --job-category {one}" for one in model_work.JOB_CATEGORIES),
    model_work.PACKAGE: ("aws sagemaker list-model-packages --model-package-type Both",),
}


def on_model_work(incident: Incident, verb: str) -> tuple[str, ...]:
    """Return the command that shows a piece of work, or that takes it away."""
    kind, name = model_work.work_of(incident.subject.name)
    if name == model_work.UNLISTED:
        return _LISTED.get(kind, (f"aws sagemaker list-{kind}s",)) if verb == "get" else ()
    if kind in (model_work.DOMAIN, model_work.USER_PROFILE):
        return _on_domain(kind, name) if verb == "get" else ()
    if kind in model_work.TAKERS:
        return _on_taker(kind, incident, verb)
    called = "describe" if verb == "get" else "stop" if kind in _NOT_DELETED else "delete"
    return (f"aws sagemaker {called}-{kind} --{kind}-name {shlex.quote(plain(name))}",)


def _on_taker(kind: str, incident: Incident, verb: str) -> tuple[str, ...]:
    called = f"describe-{_SHOWN.get(kind, kind)}" if verb == "get" else f"{_ending(kind)}-{kind}"
    member, name = model_work.TAKERS[kind][1], model_work.work_of(incident.subject.name)[1]
    option = "-".join(_WORD.findall(_OPTIONS.get(kind, member))).lower()
    if member.endswith("Arn"):
        name = incident.subject.arn
    category, _, name = name.rpartition("/") if kind == model_work.JOB else ("", "", name)
    of_category = f" --job-category {shlex.quote(plain(category))}" if category else ""
    return (f"aws sagemaker {called}{of_category} --{option} {shlex.quote(plain(name))}",)


def _ending(kind: str) -> str:
    return "stop" if kind in _NOT_DELETED else "delete"


def _on_domain(kind: str, name: str) -> tuple[str, ...]:
    """Return the command that shows a domain, or the profile of a user in one; to delete it loses what he has there."""
    domain, _, user = plain(name).partition("/")
    whose = f" --user-profile-name {shlex.quote(user)}" if kind == model_work.USER_PROFILE else ""
    return (f"aws sagemaker describe-{kind} --domain-id {shlex.quote(domain)}{whose}",)
