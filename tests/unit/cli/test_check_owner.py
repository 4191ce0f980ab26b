"""`panorama-guard check` knows whose a resource is where somebody says it: the caller, a plan, or its role."""

from pathlib import Path

import pytest

from panorama_guard.cli import main
from panorama_guard.cli.reviewed import CLEAN, FOUND, IN_DOUBT
from tests.unit.cli.drafts import OTHER, Draft, judged, plan, template

OWN = "123456789012"


def letting_in(account: str) -> Draft:
    """Return a template that lets an account run a guarded function."""
    asked = {"FunctionName": "panorama-x", "Action": "lambda:InvokeFunction", "Principal": account}
    return template(P=("AWS::Lambda::Permission", asked))


@pytest.mark.parametrize(("more", "code"), [((), IN_DOUBT), (("--owner", OWN), FOUND), (("--owner", OTHER), CLEAN)])
def test_the_caller_says_whose_it_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, more: tuple[str, ...], code: int
) -> None:
    """An account that a file names is then the owner's or not."""
    assert judged(capsys, tmp_path, letting_in(OTHER), *more)[0] == code


@pytest.mark.parametrize(("owner", "code"), [(OWN, FOUND), (OTHER, CLEAN)])
def test_a_plan_that_has_asked_for_its_account_says_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, owner: str, code: int
) -> None:
    """By the data source that most plans have."""
    asked = {"function_name": "panorama-x", "action": "lambda:InvokeFunction", "principal": OTHER, "statement_id": "s"}
    identity = {
        "address": "data.aws_caller_identity.me",
        "type": "aws_caller_identity",
        "values": {"account_id": owner},
    }
    prior = {"prior_state": {"values": {"root_module": {"resources": [identity]}}}}
    assert judged(capsys, tmp_path, plan(("aws_lambda_permission.p", asked, {})) | prior)[0] == code


@pytest.mark.parametrize(("owner", "code"), [(OWN, FOUND), (OTHER, CLEAN)])
def test_the_role_of_a_resource_says_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, owner: str, code: int
) -> None:
    """AWS takes no role of another account's."""
    layer = f"arn:aws:lambda:us-east-1:{OTHER}:layer:tools:1"
    function = {"FunctionName": "panorama-x", "Role": f"arn:aws:iam::{owner}:role/panorama-x", "Layers": [layer]}
    assert judged(capsys, tmp_path, template(F=("AWS::Lambda::Function", function)))[0] == code


def test_a_number_that_is_none_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Which says what it is to be."""
    with pytest.raises(SystemExit, match="2"):
        main(["check", "x", "--owner", "12"])
    assert "not the twelve digits of an account: `12`" in capsys.readouterr().err
