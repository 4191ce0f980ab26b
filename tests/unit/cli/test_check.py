"""cli/check.py: files judged before anything is deployed; how it ends, what it says, and that no file breaks it."""

import io
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import jsonschema
import pytest
import xmlschema
from moto import mock_aws
from moto.iam.models import iam_backends

from panorama_guard.cli import main
from panorama_guard.cli.reviewed import CLEAN, FOUND, IN_DOUBT, UNREAD
from tests.builders import ADMINISTRATOR, ADMINISTRATOR_ARN, IN_PATTERN, PAYROLL, SERVICE_ROLE, policy, trusting
from tests.contract.drivers import MOTO_ACCOUNT

ROOT = Path(__file__).resolve().parents[3]
NAME = SERVICE_ROLE.name
ESCAPING = ROOT / "tests" / "samples" / "check" / "escaping"
SARIF = json.loads((ROOT / "tests/schemas/sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
OWN = json.loads((ROOT / "docs/schemas/review-1.schema.json").read_text(encoding="utf-8"))
HOSTILE = "x\x1b[2J\n<b>\u202e"


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    """Run the command and return its code, its output and what it complained of."""
    code = main(["check", *map(str, words)])
    told = capsys.readouterr()
    return code, told.out, told.err


def body(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, dict[str, Any]]:
    """Run the command for a machine, and return its code and its answer."""
    code, out, _ = run(capsys, *words, "--output", "json")
    answer: dict[str, Any] = json.loads(out)
    return code, answer


def template(**properties: object) -> str:
    """Return a template of one guarded role."""
    given = {"RoleName": NAME, **properties}
    return json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": given}}}, indent=1)


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_page_for_a_person_says_where_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    """File and line, request, statement, and the counts."""
    code, out, err = run(capsys, ESCAPING / "cfn-one-character-off.yaml")
    assert (code, err) == (FOUND, "")
    assert "cfn-one-character-off.yaml:21\n" in out
    assert "For example: s3:GetObject on arn:aws:s3:::example-aws-panoram-example" in out
    assert "Granted by:  models, statement 2" in out
    assert "1 role judged: 0 contained, 1 escaped, 0 undecided; 1 finding: 1 high" in out


def test_all_formats_are_as_their_schemas_say(capsys: pytest.CaptureFixture[str]) -> None:
    """Of all samples at once."""
    jsonschema.Draft4Validator(SARIF).validate(json.loads(run(capsys, ESCAPING, "--output", "sarif")[1]))
    jsonschema.Draft202012Validator(OWN).validate(body(capsys, ESCAPING)[1])
    xmlschema.XMLSchema(ROOT / "tests/schemas/junit-10.xsd").validate(run(capsys, ESCAPING, "--output", "junit")[1])


def test_files_are_told_from_the_working_directory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However they were named: code scanning finds them in the repository."""
    path = write(tmp_path, "infra/a b.json", template(ManagedPolicyArns=[ADMINISTRATOR_ARN]))
    monkeypatch.chdir(tmp_path)
    for name in (path, "./infra/a b.json", "infra"):
        _, out, _ = run(capsys, name, "--output", "sarif")
        (result,) = json.loads(out)["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "infra/a%20b.json"


def test_progress_is_for_terminals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the error stream, and gone at the end."""
    path = write(tmp_path, "t.json", template())
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    _, out, err = run(capsys, path)
    assert "reading: 1 files" in err
    assert err.endswith("\r\x1b[K")
    assert "reading" not in out


def test_code_scanning_is_told_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the statement, in the file as it was named."""
    _, out, _ = run(capsys, ESCAPING / "cfn-all-but-iam.yaml", "--output", "sarif")
    (result,) = json.loads(out)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("tests/samples/check/escaping/cfn-all-but-iam.yaml")
    assert place["region"] == {"startLine": 18}


def test_what_hangs_on_a_value_is_a_doubt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says on which, and ends with a code of its own."""
    text = template(ManagedPolicyArns=[{"Ref": "Arn"}]).replace("{", '{"Parameters": {"Arn": {"Type": "String"}},', 1)
    path = write(tmp_path, "t.json", text)
    code, answer = body(capsys, path)
    (finding,) = answer["roles"][0]["findings"]
    assert code == IN_DOUBT
    assert finding["source"] == "{parameter Arn}"
    assert body(capsys, path, "--fail-on", "escaped")[0] == CLEAN
    assert body(capsys, path, "--parameter", f"Arn={ADMINISTRATOR_ARN}")[0] == FOUND


def test_a_boundary_that_is_not_known_may_stop_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is shown to escape under it, and nothing is said to be inside."""
    bounded = template(PermissionsBoundary="arn:aws:iam::111122223333:policy/b", ManagedPolicyArns=[ADMINISTRATOR_ARN])
    code, answer = body(capsys, write(tmp_path, "t.json", bounded))
    (finding,) = answer["roles"][0]["findings"]
    assert (code, finding["severity"]) == (IN_DOUBT, "CRITICAL")
    assert "unless the boundary stops it" in finding["reason"]


def test_a_name_that_may_be_guarded_is_a_doubt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It escapes, if the role is so called."""
    text = template(RoleName={"Fn::Sub": "${AWS::StackName}ServiceRole"}, ManagedPolicyArns=[ADMINISTRATOR_ARN])
    code, answer = body(capsys, write(tmp_path, "t.json", text))
    assert code == IN_DOUBT
    assert "if the role has this name" in answer["roles"][0]["findings"][0]["reason"]


def test_an_unknown_policy_of_aws_is_a_doubt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its document is not guessed."""
    text = template(ManagedPolicyArns=["arn:aws:iam::aws:policy/SecurityAudit"])
    code, answer = body(capsys, write(tmp_path, "t.json", text))
    assert code == IN_DOUBT
    assert answer["roles"][0]["findings"][0]["reason"] == "its document is not known"


def test_the_account_is_asked_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --account a policy that is named by its ARN is read from there, with the caller's credentials."""
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "testing")
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "false")
    iam_backends.pop(MOTO_ACCOUNT, None)
    with mock_aws():
        client: Any = boto3.client("iam", region_name="us-east-1")  # type: ignore[no-untyped-call,unused-ignore]
        arn = client.create_policy(PolicyName="p", PolicyDocument=PAYROLL)["Policy"]["Arn"]
        path = write(tmp_path, "t.json", template(ManagedPolicyArns=[arn, f"{arn}-gone"]))
        assert body(capsys, path)[0] == IN_DOUBT
        code, answer = body(capsys, path, "--account")
    iam_backends.pop(MOTO_ACCOUNT, None)
    assert code == FOUND
    assert [finding["source"] for finding in answer["roles"][0]["findings"]] == [arn, f"{arn}-gone"]


def test_an_account_that_cannot_be_asked_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is judged all the same."""
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(variable, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    code, answer = body(capsys, write(tmp_path, "t.json", template()), "--account")
    assert (code, len(answer["roles"])) == (UNREAD, 1)
    assert "no AWS credentials" in answer["unread"][0]


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        (PAYROLL, ("--role", NAME), FOUND),
        (IN_PATTERN, ("--role", NAME.lower()), CLEAN),
        (policy(trusting({"AWS": "999999999999"})), ("--role", NAME), FOUND),
        (SERVICE_ROLE.trust_text, ("--role", NAME), CLEAN),
        (SERVICE_ROLE.trust_text, ("--role", NAME, "--posture", "retired"), FOUND),
        (IN_PATTERN, ("--role", NAME, "--posture", "retired"), FOUND),
        ('{"Statement": [{"Effect": "Perhaps"}]}', ("--role", NAME), IN_DOUBT),
        (PAYROLL, (), CLEAN),
    ],
)
def test_documents_are_judged_as_the_role_that_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: tuple[str, ...], code: int
) -> None:
    """As its trust policy where statements name principals."""
    found, answer = body(capsys, write(tmp_path, "policy.json", text), *words)
    assert found == code
    assert bool(answer["roles"]) is bool(words)
    assert any("an IAM document of no guarded role" in note for note in answer["notes"]) is not bool(words)


@pytest.mark.parametrize("is_encoded", [True, False])
def test_an_account_that_was_written_down_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, is_encoded: bool
) -> None:
    """As `aws iam get-account-authorization-details` prints it; a policy without a document is a doubt."""

    def document(text: str) -> object:
        return quote(text) if is_encoded else json.loads(text)

    boundary = {"Arn": "arn:b", "PolicyVersionList": [{"IsDefaultVersion": True, "Document": document(ADMINISTRATOR)}]}
    role = {
        "RoleName": NAME,
        "Path": "/service-role/",
        "Arn": f"arn:aws:iam::111122223333:role/service-role/{NAME}",
        "AssumeRolePolicyDocument": document(SERVICE_ROLE.trust_text),
        "RolePolicyList": [{"PolicyName": "pay", "PolicyDocument": document(PAYROLL)}],
        "AttachedManagedPolicies": [{"PolicyArn": "arn:gone"}],
        "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:b"},
    }
    listing = {"RoleDetailList": [role, {"RoleName": "Admin"}], "Policies": [boundary]}
    code, answer = body(capsys, write(tmp_path, "roles.json", json.dumps(listing)))
    (told,) = answer["roles"]
    assert code == FOUND
    assert [(one["kind"], one["source"]) for one in told["findings"]] == [
        ("permission-escape", "pay"),
        ("undecided", "arn:gone"),
    ]


def test_a_folder_may_name_the_role(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As documents are often kept; the longest name counts."""
    write(tmp_path, f"iam/{NAME}/extra.json", PAYROLL)
    write(tmp_path, "iam/AWSPanoramaGreengrassGroupRole.json", PAYROLL)
    code, answer = body(capsys, tmp_path)
    assert code == FOUND
    assert [role["name"] for role in answer["roles"]] == ["AWSPanoramaGreengrassGroupRole", NAME]


def test_folders_are_searched_and_others_files_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Hidden folders, packages and files without a role stay out of it."""
    admin = template(ManagedPolicyArns=[ADMINISTRATOR_ARN])
    for name in ("a/t.json", ".hidden/t.json", "node_modules/t.json", "a/readme.md"):
        write(tmp_path, name, admin)
    write(tmp_path, "a/package.json", '{"name": "x"}')
    write(tmp_path, "a/chart.yaml", "{{ broken }}: [")
    write(tmp_path, "a/other.json", '{"Resources": {}, "x": "AWS::"}')
    code, answer = body(capsys, tmp_path)
    assert (code, len(answer["roles"]), answer["unread"]) == (FOUND, 1, [])
    assert answer["about"] == "1 file read, 3 without roles"


@pytest.mark.parametrize("text", ["{{ broken }}: [", '{"Resources": ', "\x00"])
def test_a_file_that_is_named_and_cannot_be_parsed_is_unread(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever names it is not told that nothing was found; in a folder it is somebody else's."""
    path = write(tmp_path, "broken.yaml", text)
    code, answer = body(capsys, path)
    assert (code, len(answer["unread"]), answer["about"]) == (UNREAD, 1, "0 files read")
    assert body(capsys, tmp_path)[0] == CLEAN


def test_a_file_that_is_named_and_holds_no_roles_is_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was read."""
    code, answer = body(capsys, write(tmp_path, "package.json", '{"name": "x"}'))
    assert (code, answer["about"]) == (CLEAN, "0 files read, 1 without roles")


def test_the_standard_input_is_a_file(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """As `terraform show -json` is piped."""
    text = (ESCAPING / "terraform-inline-by-id.json").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    code, answer = body(capsys, "-")
    assert code == FOUND
    assert answer["roles"][0]["findings"][0]["place"] == {"file": "standard input", "line": 56}


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"Resources: {A: {Type: AWS::IAM::Role, Properties: [}", "line 1: not YAML"),
        (b'{"Resources": {"A": {"Type": "AWS::IAM::Role",}}}', "line 1: not JSON"),
        (b'{"Statement": 1,\n "Statement": 2}', "line 2: the name `Statement` stands twice"),
        (b"AWS::\xff\xfe", "it is not UTF-8"),
        (b"AWS:: \x00", "not text"),
        (b"AWS::IAM: " + b"[" * 50_000, "too deep"),
        (b'{"planned_values": {}}', "terraform show -json"),
    ],
)
def test_what_cannot_be_read_is_told_and_the_rest_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], raw: bytes, problem: str
) -> None:
    """One line with the file, and a code that no pipeline takes for clean."""
    path = tmp_path / "broken.yaml"
    path.write_bytes(raw)
    code, answer = body(capsys, path, write(tmp_path, "t.json", template()))
    assert (code, len(answer["roles"])) == (UNREAD, 1)
    assert answer["unread"][0].startswith(f"{path}: ")
    assert problem in answer["unread"][0]


@pytest.mark.parametrize("name", ["absent.yaml", "no\0name", "x" * 5000])
def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Without a stack trace."""
    code, out, err = run(capsys, f"{tmp_path}/{name}")
    assert (code, err) == (UNREAD, "")
    assert "Not read:" in out


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("x", "--role", "Administrator"),
        ("x", "--parameter", "novalue"),
        ("x", "--output", "pdf"),
        ("x", "--posture", "lazy"),
    ],
)
def test_wrong_arguments_end_with_two(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    """And one line, which names the help."""
    with pytest.raises(SystemExit, match="2"):
        main(["check", *words])
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("panorama-guard check: error: ")
    assert line.endswith("; see panorama-guard check --help")


@pytest.mark.parametrize("output", ["text", "json", "sarif", "junit"])
def test_hostile_names_do_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str], output: str) -> None:
    """Whoever wrote the template chose every text in it."""
    inner = {
        "PolicyName": HOSTILE,
        "PolicyDocument": json.loads(policy({**json.loads(PAYROLL)["Statement"][0], "Sid": HOSTILE})),
    }
    text = template(Policies=[inner], Path=f"/{HOSTILE}/", ManagedPolicyArns=[HOSTILE])
    code, out, _ = run(capsys, write(tmp_path, "h.json", text), "--output", output)
    assert code == FOUND
    assert not {"\x1b", "\u202e"} & set(out)
    assert "\n<b>" not in out


@pytest.mark.parametrize(
    "value",
    [None, 1, "x", [], {}, [None], {"a": {"Ref": 1}}, {"Fn::If": [1]}, {"Fn::Sub": {}}, {"Fn::GetAtt": 3}, [[["x"]]]],
)
@pytest.mark.parametrize(
    "name", ["RoleName", "Path", "AssumeRolePolicyDocument", "Policies", "ManagedPolicyArns", "PermissionsBoundary"]
)
def test_no_odd_value_breaks_it(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, value: object) -> None:
    """Whatever stands where, it is judged or told of."""
    code, _, err = run(capsys, write(tmp_path, "t.json", template(**{name: value})))
    assert code in (CLEAN, FOUND, UNREAD, IN_DOUBT)
    assert err == ""


def test_colours_are_for_terminals(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And only where nobody says NO_COLOR."""
    path = write(tmp_path, "t.json", template(ManagedPolicyArns=[ADMINISTRATOR_ARN]))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "\x1b[31;1mESCAPED\x1b[0m   " in run(capsys, path)[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run(capsys, path)[1]


def test_a_policy_of_the_same_name_twice_is_judged_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second does not hide behind the first."""
    policies = [{"PolicyName": "p", "PolicyDocument": json.loads(text)} for text in (IN_PATTERN, ADMINISTRATOR)]
    assert body(capsys, write(tmp_path, "t.json", template(Policies=policies)))[0] == FOUND


def test_a_page_of_what_files_make_is_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """With the file of each finding; it ends as the other formats do."""
    file = tmp_path / "policy.json"
    file.write_text(PAYROLL, encoding="utf-8")
    code = main(["check", str(file), "--role", SERVICE_ROLE.name, "--output", "html"])
    html = capsys.readouterr().out
    assert code == FOUND
    assert html.startswith("<!DOCTYPE html>")
    assert f"{file}:" in html


def test_a_folder_without_anything_to_read_is_not_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Else a path that is mistyped in a pipeline would pass for ever; one that has other files passes."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "other.yaml").write_text("a: 1\n", encoding="utf-8")
    code, answer = body(capsys, tmp_path / "empty")
    assert (code, len(answer["unread"])) == (UNREAD, 1)
    assert "no file is there" in answer["unread"][0]
    assert run(capsys, tmp_path / "notes")[0] == CLEAN


@pytest.mark.parametrize("output", ["json", "sarif", "junit", "html"])
def test_a_path_that_there_is_not_is_said_to_a_person_too(capsys: pytest.CaptureFixture[str], output: str) -> None:
    """On the error stream, since what is on the other one goes into a file."""
    code = main(["check", "/nonexistent.yaml", "--output", output])
    assert (code, capsys.readouterr().err) == (
        UNREAD,
        "panorama-guard: not read: /nonexistent.yaml: No such file or directory\n",
    )
