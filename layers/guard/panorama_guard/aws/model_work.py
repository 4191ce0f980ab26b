"""Reads SageMaker's jobs, models, notebooks, pipelines and domains: as whom each runs, what it reads and writes.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import DENIED, NO_WORK, code_of, may_pass, message_of
from panorama_guard.aws.model_takers import ModelTakers
from panorama_guard.aws.named_places import named_places, named_roles
from panorama_guard.case import model_work
from panorama_guard.case.function import role_name
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject

MOST = 200  # of a kind, whose roles a sweep asks for, each by a call of its own
_TUNING_NAME = "HyperParameterTuningJobName"
_ALL = (*model_work.KINDS, *model_work.STUDIO, *model_work.TAKERS)
_LATEST = {"SortBy": "CreationTime", "SortOrder": "Descending"}


class ModelWork:
    """What runs in the account's SageMaker as it is now, in the region of the client."""

    def __init__(
        self,
        sagemaker: Any,
        account: str,
        guards: Callable[[str], bool],
        guards_role: Callable[[str], bool],
        since: Callable[[], datetime],
    ) -> None:
        """Take a client, the account, what knows patterns by keys and roles by name, and how old jobs may be."""
        self._sagemaker = sagemaker
        self._account = account
        self._guards = guards
        self._guards_role = guards_role
        self._since = since
        self._takers = ModelTakers(sagemaker, account, since)

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return work of the naming pattern; work of another name only where it runs as a guarded role."""
        kind, name = model_work.work_of(key)
        is_user = key.startswith(f"{model_work.USER}:")
        if kind not in _ALL:
            return None
        if name == model_work.UNLISTED or not self._is_known(kind):
            return self._unlisted(key, kind)
        if is_user is self._is_of_pattern(kind, name):
            return None
        found = self._found(kind, name)
        roles = named_roles(found)
        guarded = [role for role in roles if self._guards_role(role_name(role))] if is_user else roles
        return None if found is None or (is_user and not guarded) else self._snapshot(key, found, guarded)

    def behind(self, key: str) -> tuple[str, ...]:
        """Return the notebooks that have a lifecycle configuration."""
        name = key.partition(":")[2]
        pages = self._sagemaker.get_paginator("list_notebook_instances").paginate()
        listed = [one for page in pages for one in page["NotebookInstances"]]
        own = [one["NotebookInstanceName"] for one in listed if one.get("NotebookInstanceLifecycleConfigName") == name]
        kinds = (model_work.WORK, model_work.USER)
        return tuple(resource_key(kind, f"{model_work.NOTEBOOK}/{one}") for one in own for kind in kinds)

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of what is of the naming pattern; or of what runs as a guarded role, as far as it is told."""
        kinds = model_work.KINDS if kind == model_work.WORK else _ALL
        return tuple(key for work in kinds for key in self._keys(kind, work))

    def _keys(self, kind: str, work: str) -> Iterator[str]:
        names, why = self._told(work)
        keys = [resource_key(kind, f"{work}/{name}") for name in names]
        if kind == model_work.WORK:
            yield from (key for key in keys if self._guards(key))
            return
        if why:
            yield resource_key(kind, f"{work}/{model_work.UNLISTED}")
        yield from (key for key in keys[:MOST] if self.read_resource(key) is not None)

    def _is_of_pattern(self, kind: str, name: str) -> bool:
        """Say whether work is of a kind that Panorama has, and called as its is."""
        return self._guards(resource_key(model_work.WORK, f"{kind}/{name}"))

    def _is_known(self, kind: str) -> bool:
        return kind not in model_work.TAKERS or self._takers.is_known(kind)

    def _unlisted(self, key: str, work: str) -> ResourceSnapshot | None:
        _, why = self._told(work)
        return self._made(key, (), (Part(model_work.ROLE, why),)) if why else None

    def _told(self, work: str) -> tuple[list[str], str]:
        """Return the names of a kind of work, the latest first, and why that is not all that has to be looked at."""
        if not self._is_known(work):
            return [], "the boto3 of the guard's runtime is older than they are, and cannot ask for them"
        try:
            names = list(islice(self._names(work), 10 * MOST))
        except ClientError as error:
            if not _is_told(work, error):
                raise
            return [], f"AWS does not let the guard list them: {message_of(error)}"
        others = [one for one in names if not self._is_of_pattern(work, one)]
        return names, f"there are {len(others)}, and the latest {MOST} are looked at" if len(others) > MOST else ""

    def _names(self, work: str) -> Iterator[str]:
        if work in model_work.TAKERS:
            return self._takers.names(work)
        jobs = {
            model_work.TRAINING: lambda: self._sagemaker.get_paginator("list_training_jobs"),
            model_work.COMPILATION: lambda: self._sagemaker.get_paginator("list_compilation_jobs"),
            model_work.PROCESSING: lambda: self._sagemaker.get_paginator("list_processing_jobs"),
            model_work.TRANSFORM: lambda: self._sagemaker.get_paginator("list_transform_jobs"),
            model_work.TUNING: lambda: self._sagemaker.get_paginator("list_hyper_parameter_tuning_jobs"),
        }
        if work in jobs:
            pages = jobs[work]().paginate(CreationTimeAfter=self._since(), **_LATEST)
        elif work == model_work.MODEL:
            pages = self._sagemaker.get_paginator("list_models").paginate(**_LATEST)
        elif work == model_work.PIPELINE:
            pages = self._sagemaker.get_paginator("list_pipelines").paginate(**_LATEST)
        elif work == model_work.DOMAIN:
            pages = self._sagemaker.get_paginator("list_domains").paginate()  # in no order
        elif work == model_work.USER_PROFILE:
            pages = self._sagemaker.get_paginator("list_user_profiles").paginate(**_LATEST)
        else:
            pages = self._sagemaker.get_paginator("list_notebook_instances").paginate(**_LATEST)
        return (name for page in pages for name in _names_in(page))

    def _found(self, work: str, name: str) -> Any | None:
        """Return what SageMaker says of a piece of work, of a transformation with its model; None if there is none."""
        try:
            found = self._described(work, name)
            if work == model_work.TRANSFORM:
                model = self._sagemaker.describe_model(ModelName=found["ModelName"])
                return {**found, "Role": {"ExecutionRoleArn": model.get("ExecutionRoleArn", "")}}
        except ClientError as error:
            if code_of(error) in NO_WORK:
                return None
            raise
        return found

    def _described(self, work: str, name: str) -> Any:
        if work in model_work.TAKERS:
            return self._takers.described(work, name)
        described: dict[str, Callable[[], Any]] = {
            model_work.TRAINING: lambda: self._sagemaker.describe_training_job(TrainingJobName=name),
            model_work.COMPILATION: lambda: self._sagemaker.describe_compilation_job(CompilationJobName=name),
            model_work.PROCESSING: lambda: self._sagemaker.describe_processing_job(ProcessingJobName=name),
            model_work.TRANSFORM: lambda: self._sagemaker.describe_transform_job(TransformJobName=name),
            model_work.TUNING: lambda: self._sagemaker.describe_hyper_parameter_tuning_job(**{_TUNING_NAME: name}),
            model_work.MODEL: lambda: self._sagemaker.describe_model(ModelName=name),
            model_work.NOTEBOOK: lambda: self._sagemaker.describe_notebook_instance(NotebookInstanceName=name),
            model_work.PIPELINE: lambda: self._sagemaker.describe_pipeline(PipelineName=name),
            model_work.DOMAIN: lambda: self._sagemaker.describe_domain(DomainId=name),
            model_work.USER_PROFILE: lambda: self._user_profile(*name.split("/", 1)),
        }
        return described[work]()

    def _user_profile(self, domain: str, name: str = "") -> Any:
        return self._sagemaker.describe_user_profile(DomainId=domain, UserProfileName=name)

    def _snapshot(self, key: str, found: Any, roles: list[str]) -> ResourceSnapshot:
        inputs, outputs = named_places(found)
        script = found.get("NotebookInstanceLifecycleConfigName", "")
        texts = {
            model_work.ROLE: roles,
            model_work.INPUTS: inputs,
            model_work.OUTPUTS: outputs,
            model_work.LIFECYCLE: [script] if script else [],
        }
        return self._made(key, tuple(Part(name, canonical(listed)) for name, listed in texts.items() if listed), ())

    def _made(self, key: str, parts: tuple[Part, ...], unread: tuple[Part, ...]) -> ResourceSnapshot:
        meta, name = self._sagemaker.meta, model_work.resource_of(*model_work.work_of(key))
        arn = f"arn:{meta.partition}:sagemaker:{meta.region_name}:{self._account}:{name}"
        return ResourceSnapshot(
            Subject(self._account, arn, key, arn), key.partition(":")[0], in_order(parts), in_order(unread)
        )


def _is_told(work: str, error: ClientError) -> bool:
    """Say whether an error is a doubt about one kind: a region may not know it, and the others hold there too."""
    return code_of(error) in DENIED or (work in model_work.TAKERS and not may_pass(error))


def _names_in(page: Any) -> Iterator[str]:
    """Yield the names of what a page lists: each entry has one, in a member that is called after its kind."""
    for listed in page.values():
        if isinstance(listed, list):
            yield from ("/".join(one[name] for name in _NAMES if name in one) for one in listed)


# Each entry has one of these, but for a user profile: it has its domain, and its name.
_NAMES = (
    *("TrainingJobName", "CompilationJobName", "ProcessingJobName", "TransformJobName"),
    *("HyperParameterTuningJobName", "ModelName", "NotebookInstanceName"),
    *("PipelineName", "DomainId", "UserProfileName"),
)
