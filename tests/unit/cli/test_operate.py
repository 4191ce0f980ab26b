"""The operator's commands: what they send, what they say, how they end; and no error is a stack trace."""

import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from panorama_guard.cli import main
from panorama_guard.cli.output import ANSWERED, FAILED, REFUSED, WAITING
from tests.builders import PAYROLL

INCIDENT, WAIVER = "inc-0123456789abcdef", "wvr-0123456789abcdef"
WAIVED = {
    "waiver": WAIVER,
    "role": "AWSPanoramaServiceRole",
    "state": "in force",
    "until": "2026-11-30",
    "owner": "alice",
    "approver": "",
    "second_because": "it weighs much",
    "document": "{}",
}
STATUS = {
    "caller": "arn:aws:iam::111122223333:user/alice",
    "account": "111122223333",
    "mode": "enforce",
    "modes": {"trust-escape": "approve"},
    "posture": "active",
    "paused": {"by": "bob", "until": "16:00", "reason": "maintenance"},
    "incidents": {"CONTAINED": 2},
}
EXPLAINED = {
    "incident": INCIDENT,
    "state": "CONTAINED",
    "severity": "HIGH",
    "subject": {"arn": "arn:aws:iam::111122223333:role/x"},
    "kind": "permission-escape",
    "source": "inline-0",
    "witness": {"action": "s3:GetObject", "resource": "arn:aws:s3:::payroll/x"},
    "call": {"event": "iam.amazonaws.com PutRolePolicy", "actor": "mallory\x1b[2J", "time": "15:00"},
    "reason": "read again",
    "remedy": {"steps": ["put the inline policy x"], "proof": "decided"},
    "plan": "0123abcd",
    "approvals": [{"by": "alice", "until": "16:00"}],
    "backups": [{"fingerprint": "f" * 64, "steps": ["put the inline policy x"]}],
    "undo": {"by": "alice", "reason": "agreed", "refused": ""},
    "waivers": [WAIVED],
}
LISTED = {
    "account": "222233334444",
    "incidents": [
        {
            "incident": INCIDENT,
            "state": "OBSERVED",
            "severity": "HIGH",
            "role": "r",
            "kind": "permission-escape",
            "source": "s",
        }
    ],
    "waivers": [WAIVED],
}


@dataclass
class Guard:
    """A server that answers as a guard's URL does, and remembers what it was asked."""

    url: str = ""
    status: int = 200
    answer: Any = field(default_factory=dict)
    asked: list[Any] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Guard]:
    """Run a guard, and let the environment name it and hold credentials."""
    made = Guard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.asked.append(json.loads(body) if body.startswith(b"{") else body)
            made.headers.append(dict(self.headers.items()))
            text = made.answer if isinstance(made.answer, bytes) else json.dumps(made.answer).encode()
            self.send_response(made.status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/"
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (
        ("PANORAMA_GUARD_URL", made.url),
        ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/nonexistent"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent"),
    ):
        monkeypatch.setenv(name, value)
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        (["approve", INCIDENT], {"action": "approve", "incident": INCIDENT}),
        (
            ["approve", INCIDENT, "--plan", "0123abcd"],
            {"action": "approve", "incident": INCIDENT, "plan": "0123abcd"},
        ),
        (
            ["undo", INCIDENT, "--reason", "x", "--for", "7d"],
            {"action": "undo", "incident": INCIDENT, "reason": "x", "seconds": 604800},
        ),
        (
            ["undo", INCIDENT, "--reason", "x", "--by-hand"],
            {"action": "undo", "incident": INCIDENT, "reason": "x", "by_hand": True},
        ),
        (
            ["waive", INCIDENT, "--reason", "x", "--for", "45s"],
            {"action": "waive", "incident": INCIDENT, "reason": "x", "seconds": 45},
        ),
        (["approve-waiver", WAIVER], {"action": "approve-waiver", "waiver": WAIVER}),
        (["end-waiver", WAIVER], {"action": "end-waiver", "waiver": WAIVER}),
        (["pause", "--reason", "x", "--for", "30m"], {"action": "pause", "reason": "x", "seconds": 1800}),
        (["pause", "--reason", "x"], {"action": "pause", "reason": "x"}),
        (["resume"], {"action": "resume"}),
        (["retry", INCIDENT], {"action": "retry", "incident": INCIDENT}),
        (["sweep"], {"action": "sweep"}),
        (["incidents"], {"action": "incidents"}),
        (["incidents", INCIDENT], {"action": "explain", "incident": INCIDENT}),
        (["incidents", "--account", "222233334444"], {"action": "incidents", "account": "222233334444"}),
        (["status"], {"action": "status"}),
        (
            ["pause", "--reason", "x", "--account", "222233334444"],
            {"action": "pause", "reason": "x", "account": "222233334444"},
        ),
    ],
)
def test_each_command_is_one_signed_request(guard: Guard, words: list[str], sent: dict[str, object]) -> None:
    """For lambda, in the session's region."""
    guard.status, guard.answer = 409, {"error": "not now"}
    assert main(words) == REFUSED
    assert guard.asked == [sent]
    authorization = guard.headers[0]["Authorization"]
    assert authorization.startswith("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/")
    assert "/eu-west-1/lambda/aws4_request" in authorization


def test_a_document_is_sent_as_it_is_written(guard: Guard, tmp_path: Path) -> None:
    """White space and all."""
    file = tmp_path / "waiver.json"
    file.write_text(PAYROLL + "\n", encoding="utf-8")
    guard.answer = {"incident": INCIDENT, "waiver": WAIVED}
    words = ["waive", INCIDENT, "--reason", "x", "--for", "1h", "--document", str(file)]
    assert main(words) == ANSWERED
    assert guard.asked[0]["document"] == PAYROLL + "\n"


WHY = "account 333344445555 cannot be read: AccessDenied: `not\x1b you`"
MEMBERS = {
    "all": 4_500,
    "read": 4_000,
    "in_part": 1,
    "unreached": 499,
    "swept_longest_ago": {"account": "222233334444", "at": "2026-11-23T14:00:00+00:00"},
    "not_read": [{"account": "333344445555", "state": "unreached", "since": "2026-11-20T06:41:00+00:00", "why": WHY}],
}
OPEN_THERE = {
    "all": 7,
    "not_read": 12,
    "states": {"NOT FIXED": 1, "OBSERVED": 6},
    "accounts": {
        "all": 3,
        "listed": [
            {"account": "333344445555", "open": 2, "states": {"NOT FIXED": 1, "OBSERVED": 1}, "severity": "CRITICAL"},
            {"account": "2222\x1b33334444", "open": 4, "states": {"OBSERVED": 4}, "severity": "HIGH"},
        ],
    },
}
NONE_THERE = {"all": 0, "not_read": 0, "states": {}, "accounts": {"all": 0, "listed": []}}
OPEN_LINES = (
    "Member open: 7 in 3 accounts: 1 NOT FIXED, 6 OBSERVED",
    "Member open: 333344445555: 1 NOT FIXED, 1 OBSERVED, worst CRITICAL",
    "Member open: 2222\\x1b33334444: 4 OBSERVED, worst HIGH",
    "Member open: and in 1 more",
    "Member open: not all: what may be open of 12 more names was not read",
)
MEMBER_LINES = (
    "Members:     4000 read, 1 read in part, 499 unreached; swept longest ago: 222233334444, 2026-11-23T14:00:00Z",
    "Member:      account 333344445555 cannot be read: AccessDenied: `not\\x1b you`, since 2026-11-20T06:41:00Z",
    "Member:      and 499 more",
)


@pytest.mark.parametrize(
    ("words", "answer", "told"),
    [
        (
            ["approve", INCIDENT],
            {"incident": INCIDENT, "approved_by": "alice", "until": "16:00", "state": "DETECTED"},
            ["Approved:    inc-0123456789abcdef by alice", "Until:       16:00", "State:       DETECTED"],
        ),
        (
            ["pause", "--reason", "x"],
            {"account": "222233334444", "until": "16:00", "by": "alice", "reason": "x"},
            ["Account:     222233334444", "Paused:      until 16:00 by"],
        ),
        (
            ["resume"],
            {"account": "222233334444", "paused": False, "was_paused_by": "bob"},
            ["Resumed:     it was paused by bob"],
        ),
        (
            ["resume"],
            {"account": "222233334444", "paused": True, "was_paused_by": ""},
            ["Account:     222233334444", "it was not paused", "But:         the hub's pause holds here too"],
        ),
        (["retry", INCIDENT], {"incident": INCIDENT, "retry": "asked for"}, [f"Retry:       {INCIDENT}: asked for"]),
        (["sweep"], {"sweep": "asked for"}, ["Sweep:       asked for"]),
        (["incidents"], {"account": "222233334444", "incidents": [], "waivers": []}, ["no incident is on record"]),
        (["incidents"], LISTED, [INCIDENT, "Waiver:      wvr-0123456789abcdef on AWSPanoramaServiceRole: in force"]),
        (["incidents", INCIDENT], EXPLAINED, ["Hash:        0123abcd", "Backup:      ffffffffffff before", "\\x1b[2J"]),
        (["incidents", INCIDENT], {**EXPLAINED, "archived": True}, ["Archived:    it is over"]),
        (["status"], STATUS, ["mode enforce, trust-escape approve, active", "until 16:00 by bob: maintenance"]),
        (["status"], {**STATUS, "members": MEMBERS}, [*MEMBER_LINES]),
        (["status"], {**STATUS, "open_in_members": OPEN_THERE}, [*OPEN_LINES]),
        (["status"], {**STATUS, "open_in_members": NONE_THERE}, ["Member open: none"]),
        (["status"], {**STATUS, "remediate_members": "no"}, ["In members:  only told"]),
        (["status"], {**STATUS, "remediate_members": "yes"}, ["In members:  as above"]),
        (["end-waiver", WAIVER], {"waiver": {**WAIVED, "state": "ended"}}, ["ended"]),
    ],
)
def test_an_answer_is_told_to_a_person(
    guard: Guard, capsys: pytest.CaptureFixture[str], words: list[str], answer: object, told: list[str]
) -> None:
    """Line by line, with nothing that acts on his terminal."""
    guard.answer = answer
    assert main(words) == ANSWERED
    out = capsys.readouterr().out
    assert [line for line in told if line not in out] == []
    assert "\x1b" not in out


def test_an_answer_is_told_to_a_machine(guard: Guard, capsys: pytest.CaptureFixture[str]) -> None:
    """As it came, in one line."""
    guard.answer = STATUS
    assert main(["status", "--output", "json"]) == ANSWERED
    assert json.loads(capsys.readouterr().out) == STATUS


def test_a_waiver_that_waits_has_its_own_code(guard: Guard, capsys: pytest.CaptureFixture[str]) -> None:
    """And says what a second operator types."""
    guard.answer = {"incident": INCIDENT, "waiver": {**WAIVED, "state": "needs a second operator"}}
    assert main(["waive", INCIDENT, "--reason", "x", "--for", "1h"]) == WAITING
    assert f"panorama-guard approve-waiver {WAIVER}" in capsys.readouterr().out


def test_an_undo_that_waits_has_its_own_code(guard: Guard, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is put back before the second operator's word."""
    waiting = {"waiver": {**WAIVED, "state": "needs a second operator"}, "undo": "waiting", "notes": []}
    guard.answer = {"incident": INCIDENT, "by_guard": ["x"], "by_operator": [], **waiting}
    assert main(["undo", INCIDENT, "--reason", "x", "--for", "1h"]) == WAITING
    assert "a second operator has to agree" in capsys.readouterr().out


@pytest.mark.parametrize("as_json", [False, True])
def test_a_refusal_is_told_with_what_belongs_to_it(
    guard: Guard, capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    """On the error stream, and for a machine as JSON beside."""
    guard.status, guard.answer = 409, {"error": "the role has changed\x1b", "details": ["the trust policy was"]}
    assert main(["undo", INCIDENT, "--reason", "x", *(["--output", "json"] if as_json else [])]) == REFUSED
    told = capsys.readouterr()
    assert told.err == "panorama-guard: the role has changed\\x1b\npanorama-guard:   the trust policy was\n"
    assert (json.loads(told.out) if as_json else told.out) == (guard.answer if as_json else "")


def test_a_refusal_names_what_was_typed(guard: Guard, capsys: pytest.CaptureFixture[str]) -> None:
    """A field of the request is no word of the command line."""
    error = "seconds is more than 30d, the most that is set (MaximumWaiverDays): `60d`"
    guard.status, guard.answer = 400, {"error": error, "field": "seconds", "value": "60d"}
    assert main(["waive", INCIDENT, "--reason", "x", "--for", "60d"]) == REFUSED
    assert capsys.readouterr().err == f"panorama-guard: {error.replace('seconds', '--for')}\n"


@pytest.mark.parametrize("typed", ["60d", "1440h"])
def test_a_refused_time_is_told_as_it_was_typed(guard: Guard, capsys: pytest.CaptureFixture[str], typed: str) -> None:
    """Hours stay hours, though the guard reckons in seconds."""
    error = "seconds is more than 30d, the most that is set (MaximumWaiverDays): `60d`"
    guard.status, guard.answer = 400, {"error": error, "field": "seconds", "value": "60d"}
    assert main(["waive", INCIDENT, "--reason", "x", "--for", typed]) == REFUSED
    assert capsys.readouterr().err == f"panorama-guard: --for {error[8:].replace('60d', typed)}\n"


def test_of_a_trust_it_is_told_who_may_become_the_role(guard: Guard, capsys: pytest.CaptureFixture[str]) -> None:
    """As the alert says it."""
    witness = {"action": "sts:AssumeRole", "resource": "AWS 999999999999"}
    guard.answer = {**EXPLAINED, "kind": "trust-escape", "witness": witness}
    assert main(["incidents", INCIDENT]) == 0
    assert "AWS 999999999999 may call sts:AssumeRole" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (403, {"Message": "Forbidden"}, "lambda:InvokeFunctionUrl"),
        (403, {"message": "The security token included in the request is expired"}, "lambda:InvokeFunctionUrl"),
        (502, {"Message": "Internal Server Error"}, "the log of OperateFunction"),
        (404, {"Message": "Not Found"}, "is the URL right?"),
        (200, b"<html>", "is the URL right?"),
        (200, b"[]", "is the URL right?"),
    ],
)
def test_what_is_no_answer_of_a_guard_is_one_line(
    guard: Guard, capsys: pytest.CaptureFixture[str], status: int, answer: Any, said: str
) -> None:
    """It says what to do."""
    guard.status, guard.answer = status, answer
    hold_one_line(["status"], capsys, said)


@pytest.mark.parametrize("status", [200, 500])
def test_somebody_else_s_answer_in_the_place_of_aws_s_is_one_line(
    guard: Guard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    """As that of a proxy, or of the page before an open network; nothing in it acts on a terminal."""
    monkeypatch.delenv("PANORAMA_GUARD_URL")
    monkeypatch.setenv("AWS_ENDPOINT_URL", guard.url)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    guard.status, guard.answer = status, b"<html>sign in\x1b[2J</html>"
    hold_one_line(["status"], capsys, "the stack")


def hold_one_line(words: list[str], capsys: pytest.CaptureFixture[str], said: str) -> None:
    """Assert that a command fails with one line on the error stream."""
    assert main(words) == FAILED
    told = capsys.readouterr()
    assert (told.out, len(told.err.splitlines())) == ("", 1)
    assert said in told.err


@pytest.mark.parametrize(
    "case",
    [
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, ["status"], "there are no AWS credentials"),
        (
            {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "PANORAMA_GUARD_URL": ""},
            ["status"],
            "there are no AWS credentials: set AWS_PROFILE",
        ),
        ({"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": ""}, ["status"], "Partial credentials"),
        ({"AWS_PROFILE": "nobody"}, ["status"], "profile (nobody) could not be found"),
        ({}, ["status", "--url", "http://127.0.0.1:1/"], "Could not connect"),
        ({}, ["status", "--url", "ftp://x"], "not the URL of a function"),
        ({"PANORAMA_GUARD_URL": "", "AWS_ENDPOINT_URL": "http://127.0.0.1:1/"}, ["status"], "the stack panorama-guard"),
        ({"PANORAMA_GUARD_URL": "", "AWS_ENDPOINT_URL": "nonsense"}, ["status"], "Invalid endpoint: nonsense"),
        ({}, ["waive", INCIDENT, "--reason", "x", "--for", "1h", "--document", "/nonexistent"], "/nonexistent"),
    ],
)
def test_what_keeps_a_command_from_being_sent_is_one_line(
    guard: Guard,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    case: tuple[dict[str, str], list[str], str],
) -> None:
    """Missing credentials, a wrong profile, an unreachable endpoint, a stack that is not there."""
    environment, words, said = case
    for name, value in environment.items():
        if value:
            monkeypatch.setenv(name, value)
        else:
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    hold_one_line(words, capsys, said)
    assert guard.asked == []


@pytest.mark.parametrize(
    "words",
    [
        ["undo", INCIDENT],
        ["waive", INCIDENT, "--reason", "x"],
        ["waive", INCIDENT, "--reason", "x", "--for", "7 days"],
        ["pause", "--reason", "x", "--for", "0m"],
        ["approve"],
    ],
)
def test_wrong_arguments_are_one_line(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    """And code 2, before anything is asked."""
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"panorama-guard {words[0]}: error: ")


def test_a_profile_of_one_s_own_signs(guard: Guard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Named on the command line, it comes before the keys of the environment, as in the AWS CLI."""
    file = tmp_path / "credentials"
    file.write_text("[carol]\naws_access_key_id = CAROLSKEY\naws_secret_access_key = secret\n", encoding="utf-8")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    guard.answer = STATUS
    assert main(["status", "--profile", "carol"]) == ANSWERED
    assert "Credential=CAROLSKEY/" in guard.headers[-1]["Authorization"]


def test_a_profile_that_there_is_not_is_one_line(guard: Guard, capsys: pytest.CaptureFixture[str]) -> None:
    """And the guard is not asked."""
    assert main(["status", "--profile", "nobody"]) == FAILED
    (line,) = capsys.readouterr().err.splitlines()
    assert "nobody" in line
    assert guard.asked == []


def test_a_stack_that_is_named_is_asked_and_not_the_one_of_the_environment(
    guard: Guard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever pauses the one is not to pause the other; and not both can be named."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1/")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    hold_one_line(["status", "--stack", "another"], capsys, "the stack another")
    with pytest.raises(SystemExit, match="2"):
        main(["status", "--stack", "another", "--url", guard.url])
    assert "not allowed with argument" in capsys.readouterr().err
    assert guard.asked == []


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_document_that_cannot_be_read_is_one_line(
    guard: Guard, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes | None
) -> None:
    """It names the file, and the guard is not asked."""
    file = tmp_path / "document.json"
    if content is not None:
        file.write_bytes(content)
    assert main(["waive", INCIDENT, "--reason", "x", "--for", "1h", "--document", str(file)]) == FAILED
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"panorama-guard: {file}: ")
    assert guard.asked == []


def test_ctrl_c_ends_in_one_line(
    guard: Guard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And not in a stack trace."""

    def stopped(_: str) -> int:
        raise KeyboardInterrupt

    guard.answer = LISTED
    monkeypatch.setattr(sys.stdout, "write", stopped)
    assert main(["incidents"]) == FAILED
    assert capsys.readouterr().err == "panorama-guard: stopped\n"


def test_a_reader_that_goes_away_is_no_failure_of_the_guard(
    guard: Guard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As of every other command: whoever pipes into `head` is told nothing."""

    def gone(_: str) -> int:
        raise BrokenPipeError

    guard.answer = LISTED
    monkeypatch.setattr(sys.stdout, "write", gone)
    monkeypatch.setattr(sys.stderr, "close", lambda: None)
    assert main(["incidents"]) == FAILED
    assert capsys.readouterr().err == ""
