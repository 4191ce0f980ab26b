"""Whatever of SageMaker acts as a role that it is given is read and listed, each kind by its own calls."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from panorama_guard.aws.model_takers import ModelTakers
from panorama_guard.aws.model_work import ModelWork
from panorama_guard.case import model_work
from panorama_guard.case.resource import canonical
from tests.builders import PROFILE
from tests.contract.drivers import MOTO_ACCOUNT, REGION, moto_account
from tests.takers import BEGINNING, having, least_of, ways_to_roles

ROLE = f"arn:aws:iam::{MOTO_ACCOUNT}:role/service-role/AWSPanoramaSageMakerRole"


@pytest.fixture
def client() -> Iterator[Any]:
    """Give SageMaker of an empty account."""
    with moto_account():
        yield boto3.client("sagemaker", region_name=REGION)


def reader(client: Any) -> ModelWork:
    """Return the adapter."""
    return ModelWork(
        client,
        MOTO_ACCOUNT,
        lambda key: PROFILE.guarded(key) is not None,
        lambda role: PROFILE.role_named(role) is not None,
        lambda: BEGINNING,
    )


def make_endpoint_config(client: Any, name: str, **more: object) -> None:
    """Make the configuration of an endpoint."""
    client.create_model(ModelName=f"of-{name}", ExecutionRoleArn=ROLE.replace("AWSPanoramaSageMakerRole", "Payroll"))
    variant = {"VariantName": "a", "ModelName": f"of-{name}", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant], **more)


def make_feature_group(client: Any, name: str, role: str) -> None:
    """Make a feature group that keeps what it is given in another's bucket."""
    client.create_feature_group(
        FeatureGroupName=name,
        RecordIdentifierFeatureName="id",
        EventTimeFeatureName="at",
        FeatureDefinitions=[{"FeatureName": "id", "FeatureType": "String"}],
        RoleArn=role,
        OfflineStoreConfig={"S3StorageConfig": {"S3Uri": "s3://payroll/features"}},
    )


def test_a_feature_group_of_a_guarded_role_is_read_with_its_place(client: Any) -> None:
    """And one of another role is nobody's business."""
    make_feature_group(client, "lured", ROLE)
    make_feature_group(client, "own", ROLE.replace("AWSPanoramaSageMakerRole", "Payroll"))
    assert reader(client).resource_keys(model_work.USER) == ("sagemaker-user:feature-group/lured",)
    assert reader(client).resource_keys(model_work.WORK) == ()
    found = reader(client).read_resource("sagemaker-user:feature-group/lured")
    assert found is not None
    assert found.text_of(model_work.ROLE) == canonical([ROLE])
    assert "s3://payroll/features" in str(found.parts)
    assert reader(client).read_resource("sagemaker-user:feature-group/own") is None
    assert reader(client).read_resource("sagemaker-user:feature-group/none") is None


def test_what_is_called_as_panorama_s_work_is_told_all_the_same(client: Any) -> None:
    """Panorama had jobs and models, and none of these: its name hides nothing."""
    make_feature_group(client, "panorama-features", ROLE)
    made = {"PipelineName": "panorama-nightly", "PipelineDefinition": "{}", "ClientRequestToken": "x" * 32}
    client.create_pipeline(**made, RoleArn=ROLE)
    keys = ("sagemaker-user:pipeline/panorama-nightly", "sagemaker-user:feature-group/panorama-features")
    assert reader(client).resource_keys(model_work.USER) == keys
    assert [reader(client).read_resource(key.replace("user", "work")) for key in keys] == [None, None]


@pytest.mark.parametrize("kind", model_work.TAKERS)
def test_each_kind_is_listed_and_described_by_calls_that_botocore_knows(client: Any, kind: str) -> None:
    """With parameters that it takes: the stubber holds them against SageMaker's own model."""
    takers = ModelTakers(client, MOTO_ACCOUNT, lambda: BEGINNING)
    name, entry = NAMES.get(kind, "lured"), {model_work.TAKERS[kind][1]: "lured"}
    with Stubber(client) as stubber:
        if kind == model_work.EXECUTION:
            entry = {"PipelineExecutionArn": f"{PLACE}:pipeline/{name}"}
            summary = {"PipelineArn": "arn:aws:sagemaker:us-east-1:aws:pipeline/tuning"}
            stubber.add_response("list_pipelines", {"PipelineSummaries": [summary]}, {"ManagedBy": "AWS"})
        elif kind in NAMES:
            entry |= dict.fromkeys(("Arn", f"{model_work.TAKERS[kind][0]}Arn"), f"{PLACE}:{kind}/{name}")
        for _ in model_work.JOB_CATEGORIES if kind == model_work.JOB else (None,):
            stubber.add_response(*listed(client, kind, entry))
        stubber.add_client_error(describing(kind), "ResourceNotFound", expected_params=asked(kind, name))
        assert list(takers.names(kind)) == [name, *(["AgentRFTEvaluation/lured"] if kind == model_work.JOB else [])]
        assert reader(client).read_resource(f"sagemaker-user:{kind}/{name}") is None
        stubber.assert_no_pending_responses()


@pytest.mark.parametrize("kind", model_work.TAKERS)
def test_the_role_of_each_kind_is_where_sagemaker_says_it(client: Any, kind: str) -> None:
    """However deep: whatever its description can name as a role is found, and makes it a user of a guarded one."""
    name, key = NAMES.get(kind, "lured"), f"sagemaker-user:{kind}/{NAMES.get(kind, 'lured')}"
    shape = client.meta.service_model.operation_model(operation(kind)).output_shape
    paths = list(ways_to_roles(shape))
    assert paths
    for path in paths:
        for role, is_told in ((ROLE, True), (ROLE.replace("AWSPanoramaSageMakerRole", "Payroll"), False)):
            with Stubber(client) as stubber:
                stubber.add_response(describing(kind), having(shape, path, role), asked(kind, name))
                found = reader(client).read_resource(key)
            assert (found is not None) is is_told, path
            assert found is None or found.text_of(model_work.ROLE) == canonical([ROLE])


def test_every_category_of_jobs_is_listed(client: Any) -> None:
    """A later botocore's too: SageMaker lists no job without one."""
    assert client.meta.service_model.shape_for("JobCategory").enum == list(model_work.JOB_CATEGORIES)


class OldClient:
    """A client of a boto3 that was made before SageMaker had what is newest."""

    def __init__(self, client: Any, gone: dict[str, set[str]]) -> None:
        """Take a client of today, and the members of operations that it shall not know; all of one is `*`."""
        model, names = client.meta.service_model, client.meta.service_model.operation_names
        inputs = {name: set(model.operation_model(name).input_shape.members) - gone.get(name, set()) for name in gone}
        known = [name for name in names if "*" not in gone.get(name, ())]
        shown = {name: SimpleNamespace(input_shape=SimpleNamespace(members=inputs[name])) for name in gone}
        older = SimpleNamespace(
            operation_names=known, operation_model=lambda name: shown.get(name, model.operation_model(name))
        )
        self.meta = SimpleNamespace(service_model=older, partition="aws", region_name=REGION)


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("training-session", {"ListTrainingSessions": {"*"}}),
        (model_work.EXECUTION, {"ListPipelines": {"ManagedBy"}}),
        (model_work.PACKAGE, {"DescribeModelPackage": {"IncludedData"}}),
    ],
)
def test_what_the_runtime_s_boto3_does_not_know_is_a_doubt(client: Any, kind: str, gone: dict[str, set[str]]) -> None:
    """Of the kind, and of whatever of it an event names: never a silence, and never the end of the others."""
    old = reader(OldClient(client, gone))
    for name in (model_work.UNLISTED, "lured"):
        found = old.read_resource(f"sagemaker-user:{kind}/{name}")
        assert found is not None
        assert "boto3" in str(found.unread)


@pytest.mark.parametrize("code", ["AccessDeniedException", "UnknownOperationException", "ValidationException"])
def test_a_listing_that_sagemaker_refuses_is_a_doubt(client: Any, code: str) -> None:
    """Of what it has no longer, or not in this region."""
    with Stubber(client) as stubber:
        stubber.add_client_error("list_device_fleets", code, "Edge Manager has ended")
        found = reader(client).read_resource("sagemaker-user:device-fleet/*")
    assert found is not None
    assert "Edge Manager has ended" in str(found.unread)


@pytest.mark.parametrize(("code", "status"), [("ThrottlingException", 400), ("InternalFailure", 500)])
def test_a_listing_that_may_be_answered_later_is_asked_again(client: Any, code: str, status: int) -> None:
    """The event or the sweep comes back, and no doubt is told."""
    with Stubber(client) as stubber:
        stubber.add_client_error("list_device_fleets", code, http_status_code=status)
        with pytest.raises(ClientError, match=code):
            reader(client).read_resource("sagemaker-user:device-fleet/*")


def test_a_region_that_is_off_is_no_doubt_about_one_kind(client: Any) -> None:
    """Nothing is listed there: what every region has says it first, and ends the listing."""
    with Stubber(client) as stubber:
        stubber.add_client_error("list_training_jobs", "UnrecognizedClientException")
        with pytest.raises(ClientError, match="UnrecognizedClientException"):
            reader(client).resource_keys(model_work.USER)


PLACE = f"arn:aws:sagemaker:{REGION}:{MOTO_ACCOUNT}"
# What is not called by a name that it was given.
NAMES = {
    model_work.JOB: "AgentRFT/lured",
    "mlflow-app": "app-1",
    model_work.PACKAGE: "people/1",
    "partner-app": "app-1",
    model_work.EXECUTION: "tuning/execution/1",
    "training-session": "lured",
}
_ARNS = {"mlflow-app": "Arn", "partner-app": "Arn", model_work.EXECUTION: "PipelineExecutionArn"}


def operation(kind: str) -> str:
    """Return the operation that describes one of a kind."""
    word = model_work.TAKERS[kind][0]
    return f"Describe{word}V2" if word == "AutoMLJob" else f"Describe{word}"


def describing(kind: str) -> str:
    """Return the method that describes one of a kind."""
    return xform_name(operation(kind))


def asked(kind: str, name: str) -> dict[str, str]:
    """Return by which parameters one is described."""
    arn = f"{PLACE}:{model_work.resource_of(kind, name)}"
    if kind == model_work.JOB:
        return {"JobCategory": "AgentRFT", "JobName": "lured"}
    if kind == model_work.PACKAGE:
        return {"ModelPackageName": arn, "IncludedData": "MetadataOnly"}
    return {_ARNS[kind]: arn} if kind in _ARNS else {model_work.TAKERS[kind][1]: name}


def listed(client: Any, kind: str, given: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """Return the listing of a kind, and its answer with one entry."""
    word = model_work.TAKERS[kind][0]
    members = client.meta.service_model.operation_model(f"List{word}s").output_shape.members
    place = next(name for name, shape in members.items() if shape.type_name == "list")
    shown = members[place].member.members
    named = {name: one for name, one in given.items() if name in shown} or {"MonitoringJobDefinitionName": "lured"}
    entry = {**{key: ROLE for key, shape in shown.items() if shape.type_name == "string"}, **named}
    entry |= {key: BEGINNING for key, shape in shown.items() if shape.type_name == "timestamp"}
    return xform_name(f"List{word}s"), {place: [_complete(entry, members[place].member)]}


def _complete(entry: dict[str, Any], shape: Any) -> dict[str, Any]:
    """Return an entry of a listing with all that it must have."""
    return {name: entry.get(name, least_of(shape.members[name])) for name in (*entry, *shape.required_members)}
