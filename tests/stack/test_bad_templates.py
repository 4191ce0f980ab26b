"""What the stack on one machine does not handle stops it with one line: never silence where AWS would act."""

import re
from pathlib import Path

import pytest

from tests.stack.running import ROOT, run_local

pytestmark = pytest.mark.stack
BUILT = ROOT / ".aws-sam" / "build" / "template.yaml"
STREAM = "Resources:\n  Cameras:\n    Type: AWS::Kinesis::Stream\n    Properties: {ShardCount: 1}\n"


def refusal(tmp_path: Path, template: str) -> str:
    """Return the line with which the stack refuses a template."""
    path = tmp_path / "template.yaml"
    path.write_text(template, encoding="utf-8")
    refused = run_local(tmp_path, "up", "--port", "0", "--template", str(path))
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    return line


def test_a_resource_type_that_is_not_handled_is_named(tmp_path: Path) -> None:
    """With the resource that has it."""
    line = refusal(tmp_path, re.sub(r"^Resources:\n", STREAM, BUILT.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert "Cameras (AWS::Kinesis::Stream): resource type is not handled" in line


def test_an_operator_of_a_pattern_that_eventbridge_does_not_have_is_named(tmp_path: Path) -> None:
    """With the rule that has it."""
    template = BUILT.read_text(encoding="utf-8")
    line = refusal(tmp_path, re.sub(r"source:\s+- aws\.iam", "source: [{resembles: aws.iam}]", template, count=1))
    assert "IamChangesRule" in line
    assert line.endswith("`resembles`")
