"""The commands for AWS's simulator, whatever stands in the policies."""

import json
import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panorama_guard.containment import Request
from panorama_guard.reporting.plain import is_seen
from panorama_guard.reporting.simulate import shell_word, show_role, simulate_documents, simulate_role

ROLE = "arn:aws:iam::111122223333:role/service-role/AWSPanoramaServiceRole"
HOSTILE = [
    "x'; rm -rf ~ #",
    '$(touch owned) `id` \\ "',
    "line\nbreak\r\ttab",
    "\x1b[2J\x1b[31mall is well\x1b[0m",
    "\u202egnp.exe\u2066",
    "two  spaces, and a \u2800 blank",
    "caf\u00e9\u00a0au lait",
    "-leading --dashes",
    "",
]


def test_a_role_is_asked_of_the_simulator() -> None:
    """Action, resource, and context keys with their types."""
    request = Request("s3:GetObject", "arn:aws:s3:::a/b", (("aws:MultiFactorAuthAge", ("299",)), ("k", ("a", "b"))))
    assert simulate_role(ROLE, request, {"aws:MultiFactorAuthAge": "numeric"}) == (
        f"aws iam simulate-principal-policy --policy-source-arn {ROLE} --action-names s3:GetObject "
        "--resource-arns arn:aws:s3:::a/b --context-entries "
        "ContextKeyName=aws:MultiFactorAuthAge,ContextKeyType=numeric,ContextKeyValues=299 "
        "ContextKeyName=k,ContextKeyType=stringList,ContextKeyValues=a,b"
    )


def test_documents_are_asked_of_the_simulator() -> None:
    """Each policy is one argument, and the boundary its own."""
    words = shlex.split(simulate_documents(['{"a": 1}', "{}"], ['{"b": "\'"}'], Request("s3:GetObject", "*"), {}))
    assert words == [
        *("aws", "iam", "simulate-custom-policy", "--policy-input-list", '{"a": 1}', "{}"),
        *("--permissions-boundary-policy-input-list", '{"b": "\'"}'),
        *("--action-names", "s3:GetObject", "--resource-arns", "*"),
    ]
    assert "boundary" not in simulate_documents(["{}"], [], Request("s3:GetObject", "*"), {})


def test_the_simulator_does_not_know_of_trust() -> None:
    """The trust policy itself is shown."""
    assert show_role("A b") == "aws iam get-role --role-name 'A b'"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_shell_reads_back_the_very_text(text: str) -> None:
    """It starts no command, and nothing of it acts on the terminal where the line is shown."""
    word = shell_word(text)
    assert all(map(is_seen, word))
    assert "  " not in word
    environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    read = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True, env=environment)
    assert read.stdout.decode() == text


@given(st.text(max_size=40))
def test_a_line_of_any_texts_is_one_line_that_is_seen(text: str) -> None:
    """In every place where somebody's text stands."""
    line = simulate_role(text, Request(text, text, ((text, (text, text)),)), {})
    assert all(map(is_seen, line))


@pytest.mark.parametrize("text", HOSTILE[:-1])
def test_a_context_that_is_no_plain_word_is_json(text: str) -> None:
    """In the shorthand a comma would begin another member."""
    line = simulate_role(ROLE, Request("a:b", "*", ((f"tag/{text},", (text,)),)), {f"tag/{text},": "string"})
    words = shlex.split(line)
    assert json.loads(words[words.index("--context-entries") + 1]) == [
        {"ContextKeyName": f"tag/{text},", "ContextKeyType": "string", "ContextKeyValues": [text]}
    ]
