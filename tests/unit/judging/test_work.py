"""As whom SageMaker's work runs, what it reads, and where it writes."""

import pytest

from panorama_guard.case import model_work
from panorama_guard.case.finding import Deviation, Kind, Severity
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject
from panorama_guard.judging.resource import ResourceStandard, judge_resource
from tests.builders import ACCOUNT, PROFILE

STANDARDS = {one.type: ResourceStandard(one) for one in PROFILE.resources if one.type.startswith("sagemaker-")}
RIGHT = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSPanoramaSageMakerRole"
OWN, FOREIGN = "s3://site-aws-panorama-models/people", "s3://payroll/aws-panorama/people"


def a_work(kind: str, name: str, **parts: list[str]) -> ResourceSnapshot:
    """Return a piece of work with parts under their names with `_` for a blank."""
    arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:{name}"
    made = tuple(Part(part.replace("_", " "), canonical(listed)) for part, listed in parts.items())
    return ResourceSnapshot(Subject(ACCOUNT, arn, resource_key(kind, name), arn), kind, in_order(made))


def told(snapshot: ResourceSnapshot) -> list[tuple[str, Severity, str]]:
    """Return what is said of a piece of work; none of it is decided by the engine, and none is acted on."""
    findings = judge_resource(snapshot, STANDARDS[snapshot.type]).findings
    assert all(one.kind is Kind.WEAKNESS for one in findings)
    return [(one.source, one.severity, one.verdict.reason) for one in findings if isinstance(one.verdict, Deviation)]


def test_a_job_of_the_pattern_that_stays_in_the_pattern_is_as_it_should_be() -> None:
    """Its role, what it reads, and where it writes."""
    job = a_work(model_work.WORK, "training-job/panorama-people", execution_role=[RIGHT], inputs=[OWN], outputs=[OWN])
    assert told(job) == []


@pytest.mark.parametrize("part", [model_work.INPUTS, model_work.OUTPUTS])
@pytest.mark.parametrize("kind", [model_work.WORK, model_work.USER])
def test_a_place_outside_the_pattern_is_shown_by_its_uri(kind: str, part: str) -> None:
    """A key that holds the phrase is in another's bucket all the same."""
    ((source, severity, reason),) = told(a_work(kind, "training-job/panorama-people", **{part: [OWN, FOREIGN]}))
    assert (source, severity) == (part, Severity.HIGH)
    assert FOREIGN in reason
    assert OWN not in reason


@pytest.mark.parametrize(
    "uri", ["https://example.com/model", "arn:aws:s3:us-east-1:999999999999:accesspoint/x/object/y"]
)
def test_a_place_that_is_no_uri_of_a_bucket_is_outside(uri: str) -> None:
    """Whatever it is called."""
    ((_, severity, reason),) = told(a_work(model_work.WORK, "model/panorama-people", inputs=[uri]))
    assert (severity, uri in reason) == (Severity.HIGH, True)


@pytest.mark.parametrize("arn", [RIGHT.replace("SageMaker", "Service"), RIGHT.replace(ACCOUNT, "999999999999")])
def test_work_of_the_pattern_with_another_role_is_told(arn: str) -> None:
    """Also with the role of that name of another account."""
    ((source, severity, reason),) = told(a_work(model_work.WORK, "training-job/panorama-people", execution_role=[arn]))
    assert (source, severity, arn in reason) == (model_work.ROLE, Severity.MEDIUM, True)


def test_work_of_another_name_with_a_guarded_role_is_told() -> None:
    """With its kind, its name and the role."""
    job = a_work(model_work.USER, "processing-job/payroll", execution_role=[RIGHT])
    reason = f"the processing job payroll, which is not of the naming pattern, runs as {RIGHT}"
    assert told(job) == [(model_work.ROLE, Severity.HIGH, reason)]


def test_what_a_notebook_runs_when_it_starts_is_told() -> None:
    """Whoever changes that, changes what runs as the role."""
    notebook = a_work(
        model_work.WORK, "notebook-instance/panorama-lab", execution_role=[RIGHT], lifecycle_configuration=["setup"]
    )
    ((source, severity, reason),) = told(notebook)
    assert (source, severity, "setup" in reason) == (model_work.LIFECYCLE, Severity.LOW, True)
