"""Mode enforce: SageMaker's work that leaves the pattern, or runs as a guarded role, is told and let be."""

from collections.abc import Iterator
from typing import Any

import pytest

from panorama_guard.case import model_work
from panorama_guard.case.incident import Incident, State
from tests.models import ROLE, Work, make_work
from tests.stack.account import Account
from tests.takers import PLACE, make_taker

pytestmark = pytest.mark.stack
PAYROLL = "s3://payroll/aws-panorama/salaries"
OUT = {"S3OutputLocation": PLACE}


class Lab:
    """SageMaker of the account. `client` is mallory's."""

    def __init__(self, account: Account) -> None:
        """Open a client."""
        self.account, self.role = account, f"arn:aws:iam::{account.id}:role/{ROLE}"
        self.client: Any = account.client_of(account.mallory_keys, "sagemaker")

    def make(self, kind: str, name: str, **others: str) -> None:
        """Let mallory make a piece of work, as the guarded role unless it is said otherwise."""
        make_work(self.client, Work(kind, name, **{"role": self.role, **others}))

    def incidents(self, key: str) -> dict[str, Incident]:
        """Wait for rest, and return the incidents of a piece of work by the part in which they are."""
        return {incident.source: incident for incident in self.account.resource_incidents(key)}


def delete_all(client: Any) -> None:
    """Delete all that tests have made, but for transformations: without their models they are nothing to anybody."""
    for notebook in client.list_notebook_instances()["NotebookInstances"]:
        client.stop_notebook_instance(NotebookInstanceName=notebook["NotebookInstanceName"])
        client.delete_notebook_instance(NotebookInstanceName=notebook["NotebookInstanceName"])
    for model in client.list_models()["Models"]:
        client.delete_model(ModelName=model["ModelName"])
    for job in client.list_training_jobs()["TrainingJobSummaries"]:
        client.delete_training_job(TrainingJobName=job["TrainingJobName"])
    for job in client.list_compilation_jobs()["CompilationJobSummaries"]:
        client.delete_compilation_job(CompilationJobName=job["CompilationJobName"])
    for job in client.list_processing_jobs()["ProcessingJobSummaries"]:
        client.delete_processing_job(ProcessingJobName=job["ProcessingJobName"])


def delete_studio(client: Any) -> None:
    """Delete the pipelines, and the domains with their users."""
    for user in client.list_user_profiles()["UserProfiles"]:
        client.delete_user_profile(DomainId=user["DomainId"], UserProfileName=user["UserProfileName"])
    for domain in client.list_domains()["Domains"]:
        client.delete_domain(DomainId=domain["DomainId"])
    for pipeline in client.list_pipelines()["PipelineSummaries"]:
        client.delete_pipeline(PipelineName=pipeline["PipelineName"], ClientRequestToken="x" * 32)


@pytest.fixture
def lab(enforcing_account: Account) -> Iterator[Lab]:
    """Give SageMaker of mode enforce, with no alert waiting, and leave no work and nothing delayed."""
    enforcing_account.alerts()
    made = Lab(enforcing_account)
    yield made
    enforcing_account.settle()
    with enforcing_account.events_lost("SageMaker"):
        delete_all(made.client)
        delete_studio(made.client)
    enforcing_account.forget()
    enforcing_account.recheck()
    assert enforcing_account.dead_letters() == []
    enforcing_account.alerts()


def test_a_job_of_the_pattern_that_reads_or_writes_elsewhere_is_told_with_the_uri(lab: Lab) -> None:
    """A key that holds the phrase of the pattern is in another's bucket all the same; nothing is written."""
    lab.make(model_work.TRAINING, "panorama-people", source=PAYROLL)
    lab.make(model_work.COMPILATION, "panorama-people", target=PAYROLL)
    read = lab.incidents("sagemaker-work:training-job/panorama-people")[model_work.INPUTS]
    written = lab.incidents("sagemaker-work:compilation-job/panorama-people")[model_work.OUTPUTS]
    for incident in (read, written):
        assert (incident.state, incident.severity.value, incident.kind.value) == (State.OBSERVED, "HIGH", "weakness")
        assert PAYROLL in incident.evidence.reason
        assert lab.account.attempts(incident) == ()
    assert len([one for one in lab.account.alerts() if PAYROLL in one.text]) == 2


@pytest.mark.parametrize("kind", [model_work.PROCESSING, model_work.MODEL, model_work.NOTEBOOK])
def test_work_of_another_name_that_runs_as_a_guarded_role_is_told(lab: Lab, kind: str) -> None:
    """Of work with a role of others nothing is said."""
    lab.make(kind, f"payroll-{kind}", role=f"arn:aws:iam::{lab.account.id}:role/Payroll")
    assert lab.account.alerts() == []
    lab.make(kind, f"lured-{kind}")
    incident = lab.incidents(f"sagemaker-user:{kind}/lured-{kind}")[model_work.ROLE]
    (alert,) = lab.account.alerts()
    assert (incident.state, lab.role in alert.text) == (State.OBSERVED, True)


def test_a_pipeline_domain_or_user_that_works_as_a_guarded_role_is_told(lab: Lab) -> None:
    """From the call by which it gets the role to the one by which it loses it; nothing of it is stopped."""
    others = f"arn:aws:iam::{lab.account.id}:role/Payroll"
    made = {"PipelineName": "nightly", "PipelineDefinition": "{}", "ClientRequestToken": "x" * 32}
    lab.client.create_pipeline(**made, RoleArn=others)
    assert lab.account.alerts() == []
    lab.client.update_pipeline(PipelineName="nightly", RoleArn=lab.role)
    network = {"AuthMode": "IAM", "SubnetIds": ["subnet-1"], "VpcId": "vpc-1"}
    made = lab.client.create_domain(DomainName="lab", DefaultUserSettings={"ExecutionRole": lab.role}, **network)
    domain = str(made["DomainArn"]).rpartition("/")[2]
    lab.client.create_user_profile(DomainId=domain, UserProfileName="alice", UserSettings={"ExecutionRole": lab.role})
    for name in ("pipeline/nightly", f"domain/{domain}", f"user-profile/{domain}/alice"):
        assert lab.incidents(f"sagemaker-user:{name}")[model_work.ROLE].state is State.OBSERVED
    alerts = {alert.body["subject"]["name"]: alert for alert in lab.account.alerts()}
    assert "aws sagemaker describe-pipeline --pipeline-name nightly" in alerts["sagemaker-user:pipeline/nightly"].text
    seen = f"aws sagemaker describe-user-profile --domain-id {domain} --user-profile-name alice"
    assert seen in alerts[f"sagemaker-user:user-profile/{domain}/alice"].text
    lab.client.delete_pipeline(PipelineName="nightly", ClientRequestToken="x" * 32)
    gone = lab.incidents("sagemaker-user:pipeline/nightly")[model_work.ROLE]
    assert gone.state is State.RESOLVED


# Those of which each is read, named or listed in a way of its own, and others.
KINDS = (
    *("labeling-job", "auto-ml-job", "feature-group", "optimization-job", "monitoring-schedule"),
    *("ai-benchmark-job", "ai-recommendation-job", "algorithm", "device-fleet", "edge-packaging-job"),
    *("flow-definition", "project", "training-session", "mlflow-app", "partner-app"),
    *(model_work.JOB, model_work.PACKAGE, model_work.EXECUTION),
)


def test_whatever_else_is_given_a_guarded_role_is_told_and_found_by_a_sweep(lab: Lab) -> None:
    """By the call that makes it; with another role it is nobody's business."""
    others = f"arn:aws:iam::{lab.account.id}:role/Payroll"
    keys = {kind: f"sagemaker-user:{kind}/{make_taker(lab.client, kind, others)}" for kind in KINDS}

    def standing() -> dict[str, tuple[str, str]]:
        found = {kind: lab.incidents(key)[model_work.ROLE] for kind, key in keys.items()}
        assert [kind for kind, one in found.items() if lab.role not in one.evidence.reason] == []
        return {kind: (one.state.value, one.severity.value) for kind, one in found.items()}

    def untold() -> list[str]:
        """Return the kinds that no message names: beyond ten alerts a minute they come in one, hurried here."""
        lab.account.recheck()
        told = " ".join(message.text for message in lab.account.alerts())
        return [kind for kind, key in keys.items() if key.partition(":")[2] not in told]

    assert lab.account.alerts() == []
    with lab.account.events_lost("SageMaker"):
        for kind in KINDS:
            make_taker(lab.client, kind, lab.role)
    lab.account.invoke("sweep", {"Records": []})
    assert standing() == dict.fromkeys(KINDS, ("OBSERVED", "HIGH"))
    assert untold() == []
    for kind in KINDS:
        make_taker(lab.client, kind, others)
    assert {state for state, _ in standing().values()} == {"RESOLVED"}
    assert untold() == []
    for kind in KINDS:
        make_taker(lab.client, kind, lab.role)
    assert standing() == dict.fromkeys(KINDS, ("OBSERVED", "HIGH"))
    assert untold() == []
    for kind in KINDS:
        make_taker(lab.client, kind, others)


def test_a_fleet_and_an_app_that_are_changed_or_deleted_are_looked_at_again(lab: Lab) -> None:
    """A fleet may be given another role; an app of MLflow another place to write to."""
    others, fleet = f"arn:aws:iam::{lab.account.id}:role/Payroll", "sagemaker-user:device-fleet/lured"
    make_taker(lab.client, "device-fleet", others)
    lab.client.update_device_fleet(DeviceFleetName="lured", RoleArn=lab.role, OutputConfig=OUT)
    assert lab.incidents(fleet)[model_work.ROLE].state is State.OBSERVED
    lab.client.delete_device_fleet(DeviceFleetName="lured")
    assert lab.incidents(fleet)[model_work.ROLE].state is State.RESOLVED
    name = make_taker(lab.client, "mlflow-app", lab.role)
    app, arn = f"sagemaker-user:mlflow-app/{name}", f"arn:aws:sagemaker:us-east-1:{lab.account.id}:mlflow-app/{name}"
    lab.account.settle()
    lab.client.update_mlflow_app(Arn=arn, ArtifactStoreUri=PAYROLL)
    assert PAYROLL in lab.incidents(app)[model_work.OUTPUTS].evidence.reason
    lab.client.delete_mlflow_app(Arn=arn)
    assert {one.state for one in lab.incidents(app).values()} == {State.RESOLVED}


def test_a_name_of_the_pattern_hides_nothing_that_panorama_never_had(lab: Lab) -> None:
    """By the event and by a sweep: no fleet and no pipeline was ever Panorama's."""
    made = {"PipelineName": "panorama-nightly", "PipelineDefinition": "{}", "ClientRequestToken": "x" * 32}
    lab.client.create_device_fleet(DeviceFleetName="panorama-x", RoleArn=lab.role, OutputConfig=OUT)
    assert lab.incidents("sagemaker-user:device-fleet/panorama-x")[model_work.ROLE].state is State.OBSERVED
    with lab.account.events_lost("SageMaker"):
        lab.client.create_pipeline(**made, RoleArn=lab.role)
    lab.account.invoke("sweep", {"Records": []})
    assert lab.incidents("sagemaker-user:pipeline/panorama-nightly")[model_work.ROLE].state is State.OBSERVED
    lab.client.delete_device_fleet(DeviceFleetName="panorama-x")


def test_an_endpoint_that_keeps_what_it_is_asked_elsewhere_as_a_guarded_role_is_told_with_the_uri(lab: Lab) -> None:
    """What its instances do, the guarded role may do."""
    lab.client.create_model(ModelName="own", ExecutionRoleArn=f"arn:aws:iam::{lab.account.id}:role/Payroll")
    variant = {"VariantName": "a", "ModelName": "own", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    captured = {
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": PAYROLL,
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    lab.client.create_endpoint_config(
        EndpointConfigName="lured",
        ProductionVariants=[variant],
        DataCaptureConfig=captured,
        ExecutionRoleArn=lab.role,
    )
    found = lab.incidents("sagemaker-user:endpoint-config/lured")
    assert {model_work.ROLE, model_work.OUTPUTS} <= found.keys()
    assert PAYROLL in found[model_work.OUTPUTS].evidence.reason
    lab.client.delete_endpoint_config(EndpointConfigName="lured")
    gone = lab.incidents("sagemaker-user:endpoint-config/lured")
    assert {one.state for one in gone.values()} == {State.RESOLVED}


def test_work_inside_the_pattern_is_silent(lab: Lab) -> None:
    """Of every kind."""
    for kind in model_work.KINDS:
        lab.make(kind, "panorama-own")
    assert lab.account.alerts() == []


def test_a_sweep_finds_what_no_event_told_and_what_is_gone_is_over(lab: Lab) -> None:
    """A notebook and a model."""
    with lab.account.events_lost("SageMaker"):
        lab.make(model_work.MODEL, "lured")
        lab.make(model_work.NOTEBOOK, "lured")
    lab.account.invoke("sweep", {"Records": []})
    for kind in (model_work.MODEL, model_work.NOTEBOOK):
        assert model_work.ROLE in lab.incidents(f"sagemaker-user:{kind}/lured")
    lab.make(model_work.TRAINING, "panorama-x", source=PAYROLL)
    assert lab.incidents("sagemaker-work:training-job/panorama-x")
    lab.client.delete_training_job(TrainingJobName="panorama-x")
    gone = lab.incidents("sagemaker-work:training-job/panorama-x")
    assert [one.state for one in gone.values()] == [State.RESOLVED]
    lab.client.delete_model(ModelName="lured")
    assert lab.incidents("sagemaker-user:model/lured")[model_work.ROLE].state is State.RESOLVED
