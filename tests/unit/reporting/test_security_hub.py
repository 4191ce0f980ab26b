"""A finding is in the AWS Security Finding Format: as botocore's model has it, within the lengths of AWS's pages."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import botocore.session
import jsonschema
import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from hypothesis import given
from hypothesis import strategies as st

from panorama_guard.case.incident import Incident, State
from panorama_guard.reporting.security_hub import security_finding
from tests.builders import INCIDENT, NOW
from tests.unit.reporting.test_alert import HOSTILE, INCIDENTS, hostile_incident
from tests.unit.reporting.test_schemas import largest_incident

GOLDEN = Path(__file__).parent / "golden"
PRODUCT = "arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default"
FINDING_BYTES = 240_000
# https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html and the user guide's pages of
# required and optional attributes; the model has no lengths.
LENGTHS = {"Id": 512, "GeneratorId": 512, "Title": 256, "Description": 1_024, "ProductArn": 2_048}
REQUIRED = (
    *("AwsAccountId", "CreatedAt", "Description", "GeneratorId", "Id", "ProductArn", "Resources", "SchemaVersion"),
    *("Severity", "Title", "Types", "UpdatedAt"),
)
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)"


def schema_of(shape: Shape) -> dict[str, Any]:
    """Return a shape of botocore's model as a JSON schema."""
    if isinstance(shape, StructureShape):
        return {
            "type": "object",
            "additionalProperties": False,
            "required": list(shape.required_members),
            "properties": {name: schema_of(member) for name, member in shape.members.items()},
        }
    if isinstance(shape, ListShape):
        return {"type": "array", "items": schema_of(shape.member)}
    if isinstance(shape, MapShape):
        return {"type": "object", "propertyNames": schema_of(shape.key), "additionalProperties": schema_of(shape.value)}
    if shape.type_name != "string":
        return {"type": {"integer": "integer", "boolean": "boolean"}.get(shape.type_name, "number")}
    pattern = shape.metadata.get("pattern")
    values = getattr(shape, "enum", None)
    enum = {"enum": list(values)} if values else {}
    return {"type": "string", **({"pattern": pattern} if pattern else {}), **enum}


MODEL = botocore.session.get_session().get_service_model("securityhub")
REQUEST: Any = MODEL.operation_model("BatchImportFindings").input_shape
SCHEMA = schema_of(REQUEST)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def hold_format(incident: Incident) -> None:
    """Assert that a finding is one that Security Hub takes."""
    finding: Any = security_finding(incident, PRODUCT)
    VALIDATOR.validate({"Findings": [finding]})
    assert [name for name in REQUIRED if not finding[name]] == []
    assert [name for name, most in LENGTHS.items() if len(finding[name]) > most] == []
    assert len(finding["Remediation"]["Recommendation"]["Text"]) <= 512
    assert len(finding["ProductFields"]) <= 50
    assert [name for name in finding["ProductFields"] if len(name) > 128] == []
    assert [value for value in finding["ProductFields"].values() if not 0 < len(value) <= 2_048] == []
    assert re.fullmatch(TIME, finding["CreatedAt"])
    assert re.fullmatch(TIME, finding["UpdatedAt"])
    assert len(json.dumps(finding)) < FINDING_BYTES


@pytest.mark.parametrize("name", INCIDENTS)
def test_a_finding_is_what_the_golden_file_shows(name: str) -> None:
    """The files are read by people when they change."""
    shown = json.dumps(security_finding(INCIDENTS[name], PRODUCT), indent=2) + "\n"
    assert shown == (GOLDEN / f"{name}.asff.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("incident", [*INCIDENTS.values(), *map(hostile_incident, HOSTILE)])
def test_a_finding_is_in_the_format(incident: Incident) -> None:
    """Whatever stands in it."""
    hold_format(incident)


@pytest.mark.parametrize("char", ["x", "\u202e", "\U0001f600", '"'], ids=ascii)
def test_the_largest_finding_is_within_all_limits(char: str) -> None:
    """The right parts are shortened."""
    hold_format(largest_incident(char))


@given(st.text(max_size=600))
def test_any_text_makes_a_finding_in_the_format(text: str) -> None:
    """White space alone included."""
    hold_format(hostile_incident(text))


def test_the_schema_refuses_what_the_model_does_not_know() -> None:
    """It is no schema that takes everything."""
    finding = security_finding(INCIDENT, PRODUCT)
    for wrong in ({"Colour": "red"}, {"RecordState": "GONE"}, {"Title": 7}, {"Id": "", "Resources": []}):
        assert not VALIDATOR.is_valid({"Findings": [{**finding, **wrong}]})


def test_an_update_replaces_the_finding_of_its_incident() -> None:
    """By the same Id, of the same product."""
    later = INCIDENT.moved(State.RESOLVED, now=NOW, reason="gone")
    first, second = (security_finding(each, PRODUCT) for each in (INCIDENT, later))
    assert (first["Id"], first["ProductArn"]) == (second["Id"], second["ProductArn"])
    assert INCIDENT.id in str(first["Id"])


@pytest.mark.parametrize(
    ("state", "record", "workflow", "compliance"),
    [
        (State.OBSERVED, "ACTIVE", "NEW", "FAILED"),
        (State.NEEDS_APPROVAL, "ACTIVE", "NEW", "FAILED"),
        (State.NOT_FIXED, "ACTIVE", "NEW", "FAILED"),
        (State.REOPENED, "ACTIVE", "NEW", "FAILED"),
        (State.CONTAINED, "ARCHIVED", "RESOLVED", "PASSED"),
        (State.RESOLVED, "ARCHIVED", "RESOLVED", "PASSED"),
    ],
)
def test_a_finding_is_resolved_when_its_incident_is(state: State, record: str, workflow: str, compliance: str) -> None:
    """And only then."""
    finding: Any = security_finding(INCIDENT.moved(state, now=NOW, reason="because"), PRODUCT)
    assert (finding["RecordState"], finding["Workflow"]["Status"]) == (record, workflow)
    assert finding["Compliance"]["Status"] == compliance


def test_a_doubt_is_no_failure() -> None:
    """Nothing is proved."""
    finding: Any = security_finding(INCIDENTS["undecided-by-sweep"], PRODUCT)
    assert finding["Compliance"]["Status"] == "NOT_AVAILABLE"


DETAILS: Any = MODEL.shape_for("ResourceDetails")
KNOWN = set(DETAILS.members)  # Security Hub has details of each type that it knows


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("AWSPanoramaServiceRole", "AwsIamRole"),
        ("s3-bucket:x-aws-panorama", "AwsS3Bucket"),
        ("s3-grantor:payroll", "AwsS3Bucket"),
        ("lambda-function:panorama-x", "AwsLambdaFunction"),
        ("lambda-runner:payroll", "AwsLambdaFunction"),
        ("secret:panorama-x", "AwsSecretsManagerSecret"),
        ("sagemaker-work:notebook-instance/panorama-x", "AwsSageMakerNotebookInstance"),
        ("sagemaker-work:training-job/panorama-x", "Other"),
        ("log-group:/aws/panorama/x", "Other"),
        ("iot-policy:panorama-x", "Other"),
        ("greengrass-group:x", "Other"),
        ("cloudwatch-dashboard:panorama-x", "Other"),
    ],
)
def test_a_resource_has_the_type_that_security_hub_knows_it_by(key: str, kind: str) -> None:
    """Other is only what it has no type for."""
    incident = replace(INCIDENT, subject=replace(INCIDENT.subject, name=key))
    made: Any = security_finding(incident, PRODUCT)
    assert [one["Type"] for one in made["Resources"]] == [kind]
    assert kind == "Other" or kind in KNOWN


def test_every_type_of_resource_has_been_looked_up() -> None:
    """Of those that are called Other, Security Hub knows no type of the service, but for what has another name."""
    services = {"log": "Logs", "iot": "Iot", "greengrass": "Greengrass", "cloudwatch": "CloudWatch"}
    known = {
        service: sorted(one for one in KNOWN if one.startswith(f"Aws{name}")) for service, name in services.items()
    }
    assert known == {"log": [], "iot": [], "greengrass": [], "cloudwatch": ["AwsCloudWatchAlarm"]}


def test_the_finding_of_a_member_account_is_imported_as_the_hubs_own() -> None:
    """Security Hub refuses a finding of another account than the caller's, and that would come back ten times."""
    arn = INCIDENT.subject.arn.replace("111122223333", "444455556666")
    there = replace(INCIDENT, subject=replace(INCIDENT.subject, account="444455556666", arn=arn))
    found = security_finding(there, PRODUCT)
    assert (found["AwsAccountId"], found["Resources"][0]["Id"]) == ("111122223333", arn)  # type: ignore[index]
    assert found["ProductFields"]["panorama-guard/Account"] == "444455556666"  # type: ignore[index]
