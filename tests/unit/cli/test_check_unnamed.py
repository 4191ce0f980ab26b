"""`panorama-guard check` asks of a policy whose role a plan does not know yet what it would be to a guarded one."""

import json
from pathlib import Path

import pytest

from panorama_guard.cli.reviewed import CLEAN, IN_DOUBT
from tests.unit.cli.drafts import Draft, judged, plan

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
ROLE = {"role": "data.aws_iam_role.later.name"}  # read during the apply only: what it depends on is not made yet


def with_policy(action: str, effect: str = "Allow") -> Draft:
    """Return a plan that gives a policy to a role that a data source finds during the apply."""
    statement = {"Effect": effect, "Action": action, "Resource": "*"}
    return plan(("aws_iam_role_policy.p", {"name": "p", "policy": json.dumps({"Statement": [statement]})}, ROLE))


@pytest.mark.parametrize(
    "draft",
    [
        with_policy("iam:CreateUser"),
        plan(("aws_iam_role_policy_attachment.p", {"policy_arn": ADMINISTRATOR}, ROLE)),
        plan(("aws_iam_role_policy.p", {"name": "p"}, {**ROLE, "policy": "data.aws_iam_policy_document.d.json"})),
    ],
    ids=["a policy", "a managed policy", "a policy that is not known either"],
)
def test_what_would_let_a_guarded_role_escape_is_a_doubt(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, draft: Draft
) -> None:
    """Which names one."""
    code, answer = judged(capsys, tmp_path, draft)
    (role,) = answer["roles"]
    (finding,) = role["findings"]
    assert (code, role["name"].partition(".")[2], finding["kind"]) == (IN_DOUBT, "p", "undecided")
    assert "if that is AWSPanorama" in finding["reason"]
    assert finding["place"]["line"] > 1


def test_what_would_let_none_escape_is_noted_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A denial is inside every ceiling."""
    code, answer = judged(capsys, tmp_path, with_policy("iam:*", "Deny"))
    assert (code, answer["roles"]) == (CLEAN, [])
    assert "it concerns a role whose name is not known" in answer["notes"][0]
