"""Whatever of SageMaker acts as a role that it is given is read and listed, each kind by its own calls."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.stub import Stubber

from panorama_guard.aws.model_takers import ModelTakers
from panorama_guard.aws.model_work import ModelWork
from panorama_guard.case import model_work
from panorama_guard.case.resource import canonical
from tests.builders import PROFILE
from tests.contract.drivers import MOTO_ACCOUNT, REGION, moto_account

ROLE = f"arn:aws:iam::{MOTO_ACCOUNT}:role/service-role/AWSPanoramaSageMakerRole"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


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


@pytest.mark.parametrize("kind", model_work.TAKERS)
def test_each_kind_is_listed_and_described_by_calls_that_botocore_knows(client: Any, kind: str) -> None:
    """With parameters that it takes: the stubber holds them against SageMaker's own model."""
    word, member = model_work.TAKERS[kind]
    takers, model = ModelTakers(client, lambda: BEGINNING), client.meta.service_model
    listing = model.operation_model(f"List{word}s").output_shape.members
    place = next(name for name, shape in listing.items() if shape.type_name == "list")
    shown = listing[place].member.members
    name = member if member in shown else "MonitoringJobDefinitionName"
    entry = {**{key: ROLE for key, shape in shown.items() if shape.type_name == "string"}, name: "lured"}
    entry |= {key: BEGINNING for key, shape in shown.items() if shape.type_name == "timestamp"}
    described = f"describe_{xform_name(word)}" + ("_v2" if word == "AutoMLJob" else "")
    with Stubber(client) as stubber:
        stubber.add_response(xform_name(f"List{word}s"), {place: [_complete(entry, listing[place].member)]})
        stubber.add_client_error(described, "ResourceNotFound", expected_params={member: "lured"})
        assert list(takers.names(kind)) == ["lured"]
        assert reader(client).read_resource(f"sagemaker-user:{kind}/lured") is None
        stubber.assert_no_pending_responses()


def _complete(entry: dict[str, Any], shape: Any) -> dict[str, Any]:
    """Return an entry of a listing with all that it must have."""
    return {name: entry.get(name, _of(shape.members[name])) for name in (*entry, *shape.required_members)}


def _of(shape: Any) -> Any:
    return {"integer": 1, "long": 1, "structure": {}, "list": [], "map": {}, "boolean": False}.get(shape.type_name, "x")
