"""Templates and plans in which one thing is set, and what `panorama-guard check` says of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from panorama_guard.cli import main
from panorama_guard.cli.reviewed import CLEAN, IN_DOUBT

OTHER, ANOTHER = "444455556666", "777788889999"  # at most one of two accounts is the owner's
Draft = dict[str, Any]


def template(**resources: tuple[str, Draft]) -> Draft:
    """Return a template of these resources, each by its type and properties."""
    return {"Resources": {name: {"Type": kind, "Properties": one} for name, (kind, one) in resources.items()}}


def plan(*changes: tuple[str, Draft, Draft]) -> Draft:
    """Return a plan that makes these: address, what is known of it, and from which attributes the rest comes.

    Of the rest, `{"queue": [{"queue_arn": "aws_sqs_queue.q.arn"}]}` say, nothing is known before the apply.
    """
    made, configured = [], []
    for address, after, rest in changes:
        change = {"actions": ["create"], "before": None, "after": after, "after_unknown": _unknown(rest)}
        made.append({"address": address, "type": address.split(".")[0], "change": change})
        known: Draft = {name: {} for name in after if name not in rest}
        configured.append({"address": address, "expressions": {**known, **_expressions(rest)}})
    return {"resource_changes": made, "configuration": {"root_module": {"resources": configured}}}


def _unknown(rest: Any) -> Any:
    if isinstance(rest, dict):
        return {name: _unknown(one) for name, one in rest.items()}
    return [_unknown(one) for one in rest] if isinstance(rest, list) else True


def _expressions(rest: Any) -> Any:
    if isinstance(rest, dict):
        return {name: _expressions(one) for name, one in rest.items()}
    if isinstance(rest, list):
        return [_expressions(one) for one in rest]
    return {"references": [rest, rest.rpartition(".")[0]]}


def judged(capsys: pytest.CaptureFixture[str], folder: Path, draft: object, *more: str) -> tuple[int, Draft]:
    """Check a file, and return how it ended and what was told."""
    path = folder / "draft.json"
    path.write_text(json.dumps(draft, indent=1), encoding="utf-8")
    code = main(["check", str(path), "--output", "json", *more])
    answer: Draft = json.loads(capsys.readouterr().out)
    return code, answer


def found(answer: Draft) -> list[tuple[str, str, str]]:
    """Return the type of each resource on which something was found, with the kind and the source of each finding."""
    return [(one["type"], each["kind"], each["source"]) for one in answer["resources"] for each in one["findings"]]


def told_nothing(capsys: pytest.CaptureFixture[str], folder: Path, draft: object) -> bool:
    """Say whether a file passes, with no finding and no note."""
    code, answer = judged(capsys, folder, draft)
    return (code, found(answer), answer["notes"]) == (CLEAN, [], [])


def doubt_told(capsys: pytest.CaptureFixture[str], folder: Path, draft: object) -> str:
    """Return why a file is undecided, in which that alone is found."""
    code, answer = judged(capsys, folder, draft)
    ((finding,),) = (one["findings"] for one in answer["resources"] if one["findings"])
    assert (code, finding["kind"]) == (IN_DOUBT, "undecided")
    return str(finding["reason"])
