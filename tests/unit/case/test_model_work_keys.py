"""What acts as a role in SageMaker is read from each call that makes, changes or ends it."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from panorama_guard.case import model_work
from panorama_guard.case.change import Change, NeedsSweep, ResourceNamed, parse_change
from panorama_guard.case.route import Route
from panorama_guard.case.routes_of_models import SAGEMAKER_EVENTS

EVENTS = Path(__file__).parents[3] / "events"
PLACE = "arn:aws:sagemaker:us-east-1:111122223333"
# What is not called by a name that it was given, or not by that alone.
NAMES = {
    "job": "AgentRFT/lured",
    "mlflow-app": "app-ABCDEFGHIJKL",
    "partner-app": "app-ABCDEFGHIJKL",
    "model-package": "people/1",
    "pipeline-execution": "tuning/execution/abcdefghijkl",
}


def sample(event: str) -> Any:
    """Return the sample event of a call."""
    return json.loads((EVENTS / f"sagemaker-{event}.json").read_text(encoding="utf-8"))


def named_by(event: Any) -> list[str]:
    """Return the keys that a call names."""
    change = parse_change(event)
    assert isinstance(change, Change)
    return [one.key for one in change.subjects if isinstance(one, ResourceNamed)]


@pytest.mark.parametrize("event", [name for name, route in SAGEMAKER_EVENTS.items() if route is Route.MODEL_TAKER])
def test_a_call_names_one_of_a_kind_whatever_it_is_called(event: str) -> None:
    """By its name, or by the end of its ARN, which may be in the answer alone; none is Panorama's by its name."""
    (key,) = named_by(sample(event))
    kind, name = model_work.work_of(key)
    word = model_work.TAKERS[kind][0]
    assert key.startswith("sagemaker-user:")
    assert event.removesuffix("V2").endswith(word)
    assert name == NAMES.get(kind, "lured")


@pytest.mark.parametrize("word", ["aIBenchmarkJobName", "aiBenchmarkJobName"])
def test_a_name_that_begins_with_capitals_is_found_however_it_is_written(word: str) -> None:
    """CloudTrail writes the first letter small; of several capitals nobody says which."""
    event = sample("CreateAIBenchmarkJob")
    event["detail"]["requestParameters"] = {word: "lured"}
    assert named_by(event) == ["sagemaker-user:ai-benchmark-job/lured"]


@pytest.mark.parametrize("named", ["people/1", f"{PLACE}:model-package/people/1"])
def test_a_package_is_named_by_its_arn_or_the_end_of_it(named: str) -> None:
    """One of a group has its version there."""
    event = sample("DeleteModelPackage")
    event["detail"]["requestParameters"] = {"modelPackageName": named}
    assert named_by(event) == ["sagemaker-user:model-package/people/1"]


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ("CreateMlflowApp", "responseElements"),
        ("CreatePartnerApp", "responseElements"),
        ("CreateModelPackage", "responseElements"),
        ("StartPipelineExecution", "responseElements"),
        ("CreateJob", "requestParameters"),
        ("CreateTrainingSession", "requestParameters"),
    ],
)
def test_a_call_that_does_not_say_what_it_made_asks_for_a_sweep(event: str, place: str) -> None:
    """Never a silence."""
    cut = copy.deepcopy(sample(event))
    cut["detail"][place] = None
    assert isinstance(parse_change(cut), NeedsSweep)


@pytest.mark.parametrize("event", ["CreatePipeline", "CreateUserProfile"])
def test_what_others_start_jobs_with_is_never_panorama_s_by_its_name(event: str) -> None:
    """A name of the pattern hides none."""
    text = json.dumps(sample(event))
    for name in ("nightly", "alice"):
        text = text.replace(f'Name": "{name}"', 'Name": "panorama-x"')
    (key,) = named_by(json.loads(text))
    assert key.startswith("sagemaker-user:")
    assert key.endswith("/panorama-x")
