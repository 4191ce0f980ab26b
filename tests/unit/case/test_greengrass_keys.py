"""What a call of Greengrass was done to is read from the shapes of both versions, which share names of events."""

import json
from pathlib import Path

import pytest

from panorama_guard.case.change import Change, ResourceNamed, ResourcesBehind, parse_change

EVENTS = Path(__file__).parents[3] / "events"
GROUP = "greengrass-group:00000000-0000-4000-b000-00000000000a"
DEPLOYMENT = "greengrass-deployment:00000000-0000-4000-b000-00000000000b"
EVERY = ["greengrass-group:", "greengrass-deployment:"]


@pytest.mark.parametrize(
    ("event", "named", "behind"),
    [
        ("AssociateRoleToGroup", [GROUP], []),
        ("CreateGroup", [GROUP], []),
        ("CreateDeployment", [GROUP], []),
        ("CreateDeployment-of-the-second-version", [DEPLOYMENT], []),
        ("CancelDeployment", [DEPLOYMENT], []),
        ("AssociateServiceRoleToAccount", ["greengrass-account:service-role"], []),
        ("AssociateServiceRoleToAccount-of-the-second-version", ["greengrass-account:service-role"], []),
        ("DisassociateServiceRoleFromAccount", ["greengrass-account:service-role"], []),
        ("CreateFunctionDefinitionVersion", [], EVERY),
        ("CreateComponentVersion", [], EVERY),
    ],
)
def test_a_call_names_its_group_or_its_deployment(event: str, named: list[str], behind: list[str]) -> None:
    """Of either version; a definition says nothing of who uses it."""
    change = parse_change(json.loads((EVENTS / f"greengrass-{event}.json").read_text(encoding="utf-8")))
    assert isinstance(change, Change)
    assert change.subjects == (*map(ResourceNamed, named), *map(ResourcesBehind, behind))


@pytest.mark.parametrize(
    ("event", "named", "behind"),
    [
        (
            "CreateTrainingJob",
            ["sagemaker-work:training-job/panorama-people", "sagemaker-user:training-job/panorama-people"],
            [],
        ),
        (
            "CreateHyperParameterTuningJob",
            [
                "sagemaker-work:hyper-parameter-tuning-job/panorama-people",
                "sagemaker-user:hyper-parameter-tuning-job/panorama-people",
            ],
            [],
        ),
        ("UpdateNotebookInstanceLifecycleConfig", [], ["sagemaker-lifecycle:setup"]),
    ],
)
def test_a_call_of_sagemaker_names_its_work(event: str, named: list[str], behind: list[str]) -> None:
    """By its kind and its name; a lifecycle configuration by its notebooks."""
    change = parse_change(json.loads((EVENTS / f"sagemaker-{event}.json").read_text(encoding="utf-8")))
    assert isinstance(change, Change)
    assert change.subjects == (*map(ResourceNamed, named), *map(ResourcesBehind, behind))
