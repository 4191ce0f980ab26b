"""What the adapter of SageMaker reads is what was made, of each kind of work."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from panorama_guard.aws import model_work as adapter
from panorama_guard.aws.model_work import ModelWork
from panorama_guard.case import model_work
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical
from tests.builders import PROFILE
from tests.contract.drivers import MOTO_ACCOUNT, REGION, moto_account
from tests.models import ROLE, Work, make_work

PAYROLL = f"arn:aws:iam::{MOTO_ACCOUNT}:role/Payroll"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


class Cloud:
    """SageMaker in moto, and the adapter on it."""

    def __init__(self) -> None:
        """Make a client."""
        self.client: Any = boto3.client("sagemaker", region_name=REGION)
        self.reader = ModelWork(
            self.client,
            MOTO_ACCOUNT,
            lambda key: PROFILE.guarded(key) is not None and key.startswith(f"{model_work.WORK}:"),
            lambda role: PROFILE.role_named(role) is not None,
            lambda: BEGINNING,
        )

    def read(self, key: str) -> ResourceSnapshot:
        """Return what is there."""
        snapshot = self.reader.read_resource(key)
        assert snapshot is not None
        return snapshot


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Give an empty account."""
    with moto_account():
        yield Cloud()


def role() -> str:
    """Return the ARN of the guarded role."""
    return f"arn:aws:iam::{MOTO_ACCOUNT}:role/{ROLE}"


@pytest.mark.parametrize("kind", model_work.KINDS)
def test_work_is_read_with_its_role_and_its_places(cloud: Cloud, kind: str) -> None:
    """Of every kind; what SageMaker calls a place is not the same in each."""
    make_work(cloud.client, Work(kind, "panorama-x", role(), "s3://in/x", "s3://out/x"))
    work = cloud.read(f"sagemaker-work:{kind}/panorama-x")
    assert work.text_of(model_work.ROLE) == canonical([role()])
    assert work.text_of(model_work.INPUTS) == (canonical(["s3://in/x"]) if kind in WITH_INPUTS else None)
    assert work.text_of(model_work.OUTPUTS) == (canonical(["s3://out/x"]) if kind in WITH_OUTPUTS else None)
    assert work.subject.arn == f"arn:aws:sagemaker:{REGION}:{MOTO_ACCOUNT}:{kind}/panorama-x"


WITH_INPUTS = frozenset(model_work.KINDS) - {model_work.NOTEBOOK}
WITH_OUTPUTS = WITH_INPUTS - {model_work.MODEL}


@pytest.mark.parametrize("kind", model_work.KINDS)
def test_what_there_is_not_is_none(cloud: Cloud, kind: str) -> None:
    """Of each kind SageMaker says so in words of its own."""
    assert cloud.reader.read_resource(f"sagemaker-work:{kind}/panorama-none") is None
    assert cloud.reader.read_resource(f"sagemaker-user:{kind}/none") is None
    assert cloud.reader.read_resource("sagemaker-work:unheard-of/panorama-none") is None


def test_work_of_another_name_is_looked_at_for_its_role_alone(cloud: Cloud) -> None:
    """And work of the pattern is one subject, not two."""
    for name, arn in (("payroll", PAYROLL), ("lured", role()), ("panorama-own", role())):
        make_work(cloud.client, Work(model_work.MODEL, name, arn, "s3://in/x", "s3://out/x"))
    assert cloud.reader.read_resource("sagemaker-user:model/payroll") is None
    assert cloud.reader.read_resource("sagemaker-user:model/panorama-own") is None
    assert cloud.read("sagemaker-user:model/lured").parts[0] == Part(model_work.ROLE, canonical([role()]))
    assert cloud.reader.resource_keys(model_work.USER) == ("sagemaker-user:model/lured",)
    assert cloud.reader.resource_keys(model_work.WORK) == ("sagemaker-work:model/panorama-own",)


def test_the_notebooks_of_a_lifecycle_configuration_are_behind_it(cloud: Cloud) -> None:
    """As work of the pattern, or for their role."""
    cloud.client.create_notebook_instance_lifecycle_config(NotebookInstanceLifecycleConfigName="setup")
    cloud.client.create_notebook_instance(
        NotebookInstanceName="lab", RoleArn=role(), InstanceType="ml.t2.medium", LifecycleConfigName="setup"
    )
    own = "notebook-instance/lab"
    assert cloud.reader.behind("sagemaker-lifecycle:setup") == (f"sagemaker-work:{own}", f"sagemaker-user:{own}")
    assert cloud.reader.behind("sagemaker-lifecycle:none") == ()
    assert cloud.read(f"sagemaker-user:{own}").text_of(model_work.LIFECYCLE) == '["setup"]'


def test_what_cannot_be_listed_or_is_too_much_is_a_doubt(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never a silence; and over, once it can be."""
    with Stubber(cloud.client) as stubber:
        stubber.add_client_error("list_models", "AccessDeniedException", "no")
        unread = cloud.read("sagemaker-user:model/*").unread
    assert unread == (Part(model_work.ROLE, "AWS does not let the guard list them: AccessDeniedException: `no`"),)
    assert cloud.reader.read_resource("sagemaker-user:model/*") is None
    monkeypatch.setattr(adapter, "MOST", 1)
    for name in ("one", "two"):
        make_work(cloud.client, Work(model_work.MODEL, name, PAYROLL, "s3://in/x", "s3://out/x"))
    assert cloud.reader.resource_keys(model_work.USER) == ("sagemaker-user:model/*",)
    assert "there are 2, and the latest 1 are looked at" in cloud.read("sagemaker-user:model/*").unread[0].text


def make_studio(client: Any, arn: str) -> dict[str, str]:
    """Make one of each of what others work with, and return their names by kind."""
    client.create_pipeline(PipelineName="nightly", PipelineDefinition="{}", ClientRequestToken="x" * 32, RoleArn=arn)
    own = {"ExecutionRole": arn}
    made = client.create_domain(
        DomainName="lab", AuthMode="IAM", DefaultUserSettings=own, SubnetIds=["subnet-1"], VpcId="vpc-1"
    )
    domain = str(made["DomainArn"]).rpartition("/")[2]
    client.create_user_profile(DomainId=domain, UserProfileName="alice", UserSettings=own)
    return {model_work.PIPELINE: "nightly", model_work.DOMAIN: domain, model_work.USER_PROFILE: f"{domain}/alice"}


@pytest.mark.parametrize("kind", model_work.STUDIO)
def test_what_others_work_with_is_looked_at_for_its_role(cloud: Cloud, kind: str) -> None:
    """A pipeline, a domain, and the profile of a user in one, each by its own listing."""
    name = make_studio(cloud.client, role())[kind]
    key = f"sagemaker-user:{kind}/{name}"
    found = cloud.read(key)
    assert found.text_of(model_work.ROLE) == canonical([role()])
    assert found.subject.arn == f"arn:aws:sagemaker:{REGION}:{MOTO_ACCOUNT}:{kind}/{name}"
    assert key in cloud.reader.resource_keys(model_work.USER)
    assert cloud.reader.resource_keys(model_work.WORK) == ()


@pytest.mark.parametrize("kind", model_work.STUDIO)
def test_what_others_work_with_as_others_is_nobody_s_business(cloud: Cloud, kind: str) -> None:
    """Nor is what there is not."""
    name = make_studio(cloud.client, PAYROLL)[kind]
    assert cloud.reader.read_resource(f"sagemaker-user:{kind}/{name}") is None
    assert cloud.reader.read_resource(f"sagemaker-user:{kind}/d-none/none") is None
    assert cloud.reader.resource_keys(model_work.USER) == ()
