"""cli/explain.py: why a grant is inside its ceiling, or what escapes."""

import io
import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.cli import main
from panorama_guard.reporting.plain import is_seen
from tests.builders import (
    ADMINISTRATOR,
    GROUP_ROLE,
    IN_PATTERN,
    PAYROLL,
    ROLES,
    SERVICE_ROLE,
    allow,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)

BUCKETS = "arn:aws:s3:::*aws-panorama*"
WIDE = policy(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::payroll/*"))
CEILING = policy(allow("s3:*", BUCKETS))
ODD = policy(
    allow("s3:GetObject", BUCKETS, Condition={"Unheard": {"k": "x"}}), allow("iam:*", Condition={"Unheard": {"k": "y"}})
)


def write(folder: Path, **texts: str) -> dict[str, str]:
    """Write a file for each text and return its path under its name."""
    paths = {name: folder / f"{name}.json" for name in texts}
    for name, path in paths.items():
        path.write_text(texts[name], encoding="utf-8")
    return {name: str(path) for name, path in paths.items()}


def as_file(role: RoleSnapshot, *, encoded: bool = False, inside: bool = False) -> dict[str, Any]:
    """Return a role as AWS prints it: documents as objects or URL-encoded, the policies beside the role or in it."""

    def document(text: str) -> object:
        return quote(text) if encoded else json.loads(text)

    policies = [
        {
            "Arn": one.arn,
            "DefaultVersionId": one.version_id,
            "PolicyVersionList": [
                {"VersionId": "v0", "IsDefaultVersion": False, "Document": {}},
                {"VersionId": one.version_id, "IsDefaultVersion": True, "Document": document(one.text)},
            ],
        }
        for one in (*role.attached, *role.boundary)
    ]
    body: dict[str, Any] = {
        "Path": role.path,
        "RoleName": role.subject.name,
        "RoleId": role.subject.unique_id,
        "Arn": role.subject.arn,
        "AssumeRolePolicyDocument": document(role.trust),
        "RolePolicyList": [{"PolicyName": one.name, "PolicyDocument": document(one.text)} for one in role.inline],
        "AttachedManagedPolicies": [{"PolicyName": one.arn[-9:], "PolicyArn": one.arn} for one in role.attached],
        "Tags": [],
    }
    for one in role.boundary:
        body["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": one.arn}
    if inside:
        return {**body, "Policies": policies}
    return {"UserDetailList": [], "RoleDetailList": [body], "Policies": policies}


def explain(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run the command; return its exit code and what it printed, which is nothing on the error stream."""
    code = main(["explain", *arguments])
    out, err = capsys.readouterr()
    assert err == ""
    return code, out


def explain_file(capsys: pytest.CaptureFixture[str], folder: Path, value: object, *arguments: str) -> tuple[int, Any]:
    """Run the command on a file that holds a JSON value; return its exit code and the JSON that it printed."""
    file = write(folder, asked=json.dumps(value))["asked"]
    code, out = explain(capsys, file, "--output", "json", *arguments)
    return code, json.loads(out)


def test_an_escape_of_documents_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For a person; the code says that something escapes."""
    files = write(tmp_path, wide=WIDE, ceiling=CEILING, boundary=policy(allow("s3:Get*")))
    code, out = explain(
        capsys, "--policy", files["wide"], "--ceiling", files["ceiling"], "--boundary", files["boundary"]
    )
    lines = out.splitlines()
    assert code == 3
    assert lines[0] == "ESCAPED: what the documents grant reaches outside the ceiling"
    assert f"Granted by:  {files['wide']}, statement 1" in lines
    assert f"Boundary:    lets it pass by {files['boundary']}, statement 1" in lines
    assert f"Outside:     {files['ceiling']}, statement 1: the resource does not match {BUCKETS}" in lines
    assert "Escapes:     s3:GetObject on arn:aws:s3:::payroll/*" in lines


def test_the_command_for_the_simulator_holds_the_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every policy, the boundary, and the context of the witness."""
    tested = policy(allow("s3:*", Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}}))
    files = write(tmp_path, wide=tested, other=IN_PATTERN, ceiling=CEILING, boundary=ADMINISTRATOR)
    arguments = ("--policy", files["wide"], "--policy", files["other"], "--ceiling", files["ceiling"])
    _, out = explain(capsys, *arguments, "--boundary", files["boundary"], "--output", "json")
    (told,) = json.loads(out)["explanations"]
    words = shlex.split(told["see_it"])
    assert words[:3] == ["aws", "iam", "simulate-custom-policy"]
    first = words.index("--policy-input-list") + 1
    assert all(json.loads(word)["Statement"] for word in words[first : first + 2])
    assert json.loads(words[words.index("--permissions-boundary-policy-input-list") + 1])["Statement"]
    assert words[words.index("--action-names") + 1] == told["witness"]["action"]
    (age,) = told["witness"]["context"]["aws:MultiFactorAuthAge"]
    assert words[-1] == f"ContextKeyName=aws:MultiFactorAuthAge,ContextKeyType=numeric,ContextKeyValues={age}"


def test_containment_of_documents_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Which statement covers which."""
    files = write(tmp_path, inner=IN_PATTERN, ceiling=CEILING)
    code, out = explain(capsys, "--policy", files["inner"], "--ceiling", files["ceiling"])
    assert code == 0
    assert out.splitlines() == [
        "CONTAINED: what the documents grant stays inside the ceiling",
        "",
        f"Covered:     {files['inner']}, statement 1: by {files['ceiling']}, statement 1",
    ]


def test_a_doubt_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Which statement is in doubt."""
    files = write(tmp_path, odd=ODD, ceiling=CEILING)
    code, out = explain(capsys, "--policy", files["odd"], "--ceiling", files["ceiling"], "--output", "json")
    body = json.loads(out)
    assert (code, body["verdict"]) == (4, "undecided")
    assert [doubt["statement"]["index"] for doubt in body["explanations"][0]["doubts"]] == [1]


def test_a_question_is_explained_as_decide_reads_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """From the standard input, or from a file."""
    question = {
        "id": 1,
        "policies": [json.loads(WIDE)],
        "ceiling": [json.loads(CEILING)],
        "boundary": None,
        "note": "x",
    }
    for arguments in ((), ("-",)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(question, indent=1).encode())))
        code, out = explain(capsys, *arguments)
        assert code == 3
        assert "Granted by:  policies[0], statement 1" in out.splitlines()
    code, body = explain_file(capsys, tmp_path, {**question, "policies": []})
    assert (code, body["verdict"]) == (0, "contained")


@pytest.mark.parametrize("encoded", [True, False])
@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_as_aws_makes_it_is_contained(
    role: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, encoded: bool, inside: bool
) -> None:
    """Its permission and its trust."""
    code, body = explain_file(capsys, tmp_path, as_file(snapshot_of(role), encoded=encoded, inside=inside))
    assert (code, body["verdict"]) == (0, "contained")
    assert [told["about"] for told in body["explanations"]] == [
        f"the permission of {role.name}",
        f"the trust of {role.name}",
    ]


def test_an_escape_of_a_role_is_explained_policy_by_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the boundary, and the trust beside it."""
    role = with_policies(
        snapshot_of(), PAYROLL, IN_PATTERN, policy(allow("iam:CreateUser")), boundary=[managed(ADMINISTRATOR)]
    )
    opened = replace(role, trust=policy(trusting({"AWS": "999999999999"})))
    code, body = explain_file(capsys, tmp_path, as_file(opened, encoded=True))
    first, second, trust = body["explanations"]
    assert (code, body["verdict"]) == (3, "escaped")
    assert first["about"] == f"the permission of {SERVICE_ROLE.name} through inline-0"
    assert second["about"] == f"the permission of {SERVICE_ROLE.name} through inline-2"
    assert first["see_it"].startswith("aws iam simulate-principal-policy --policy-source-arn " + role.subject.arn)
    assert first["boundaries"][0][0]["matches"]
    assert trust["escape"]["policy"]["Statement"] == [trusting({"AWS": "999999999999"})]
    assert trust["see_it"] == f"aws iam get-role --role-name {SERVICE_ROLE.name}"


def test_a_boundary_of_a_role_holds_an_escape_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its document is in the list of policies."""
    role = with_policies(snapshot_of(GROUP_ROLE), PAYROLL, boundary=[managed(IN_PATTERN)])
    code, body = explain_file(capsys, tmp_path, as_file(role))
    assert (code, body["explanations"][0]["covered"][0]["within_boundary"]) == (0, True)


def test_a_retired_role_is_held_to_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the posture that is asked for."""
    code, body = explain_file(capsys, tmp_path, as_file(snapshot_of(GROUP_ROLE)), "--posture", "retired")
    assert (code, body["explanations"][0]["ceiling"]) == (3, [[]])


def test_one_of_several_roles_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Otherwise it is not known which is meant."""
    both = [as_file(snapshot_of(role)) for role in (SERVICE_ROLE, GROUP_ROLE)]
    joined = {key: [*both[0][key], *both[1][key]] for key in ("RoleDetailList", "Policies")}
    code, body = explain_file(capsys, tmp_path, joined, "--role", GROUP_ROLE.name)
    assert (code, body["explanations"][0]["about"]) == (0, f"the permission of {GROUP_ROLE.name}")


def test_without_a_name_the_roles_of_the_profile_are_listed_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a whole account's roles."""
    bodies = [
        {**as_file(snapshot_of(GROUP_ROLE))["RoleDetailList"][0], "RoleName": name}
        for name in (*(f"app-{number}" for number in range(9)), GROUP_ROLE.name, SERVICE_ROLE.name)
    ]
    file = write(tmp_path, roles=json.dumps({**as_file(snapshot_of(GROUP_ROLE)), "RoleDetailList": bodies}))["roles"]
    told = complaint(capsys, file)
    assert f"--role says which role is meant; here are {GROUP_ROLE.name}, {SERVICE_ROLE.name}, app-0" in told
    assert told.endswith("and 5 more `11 roles`")
    unknown = complaint(capsys, file, "--role", "app-0")
    assert all(role.name in unknown for role in ROLES)


def test_the_trust_of_a_role_is_explained_as_get_role_prints_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which prints no policies, and so nothing is said of them."""
    fields = ("Path", "RoleName", "RoleId", "Arn", "AssumeRolePolicyDocument")
    (body,) = as_file(snapshot_of(GROUP_ROLE))["RoleDetailList"]
    code, told = explain_file(capsys, tmp_path, {"Role": {name: body[name] for name in fields}})
    (trust,) = told["explanations"]
    assert (code, trust["about"]) == (0, f"the trust of {GROUP_ROLE.name}")
    assert "`aws iam get-role` prints no policies" in trust["notes"][0]


def test_the_witness_of_a_trust_is_somebody_who_can_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The root user of an account cannot become a role: a role of it can."""
    (body,) = as_file(snapshot_of(GROUP_ROLE))["RoleDetailList"]
    opened = {"Version": "2012-10-17", "Statement": [trusting({"AWS": "999999999999"})]}
    code, told = explain_file(capsys, tmp_path, {"Role": {**body, "AssumeRolePolicyDocument": opened}})
    (trust,) = told["explanations"]
    assert code == 3
    assert trust["witness"]["principal"] == "AWS arn:aws:iam::999999999999:role/example"


@pytest.mark.parametrize("encoded", [True, False])
def test_policies_are_taken_as_aws_prints_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, encoded: bool
) -> None:
    """By `get-policy-version` and by `get-role-policy`."""
    document = quote(WIDE) if encoded else json.loads(WIDE)
    version = {"PolicyVersion": {"Document": document, "VersionId": "v1", "IsDefaultVersion": True}}
    inline = {"RoleName": "r", "PolicyName": "p", "PolicyDocument": document}
    files = write(tmp_path, version=json.dumps(version), inline=json.dumps(inline), ceiling=CEILING)
    for name in ("version", "inline"):
        code, out = explain(capsys, "--policy", files[name], "--ceiling", files["ceiling"])
        assert code == 3
        assert f"Granted by:  {files[name]}, statement 1" in out


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (json.loads(WIDE), "goes with --policy, --ceiling or --boundary, and is no question; found `Statement`"),
        ({"PolicyVersion": {}}, "goes with --policy"),
        ({"RoleName": "r", "PolicyName": "p", "PolicyDocument": {}}, "goes with --policy"),
        ({"Policy": {"Arn": "x"}}, "as `aws iam get-policy-version` prints one; found `Policy`"),
        ({"AttachedPolicies": []}, "`aws iam get-account-authorization-details --filter Role"),
        ({"PolicyNames": []}, "prints documents too; found `PolicyNames`"),
        ({"Roles": []}, "prints documents too; found `Roles`"),
    ],
)
def test_what_is_neither_a_question_nor_a_role_gets_a_hint(
    value: object, hint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which option or command would do."""
    assert hint in complaint(capsys, write(tmp_path, asked=json.dumps(value))["asked"])


def test_questions_a_line_and_nothing_at_all_are_told_as_that(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One question is taken."""
    question = '{"policies": [], "ceiling": []}\n'
    files = write(tmp_path, lines=question * 2, nothing=" \n")
    assert complaint(capsys, files["lines"]).endswith("as `decide` takes them; here only one is taken, found `2`")
    assert complaint(capsys, files["nothing"]).endswith("a JSON value is needed here, found `nothing`")


def test_bytes_that_are_no_text_are_told_by_their_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And not echoed."""
    (tmp_path / "gzip").write_bytes(b"\x1f\x8b\x08")
    assert complaint(capsys, str(tmp_path / "gzip")).endswith("not UTF-8 text, character 2 is `0x8b`")


def test_what_matches_no_request_is_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of an Allow it would look like proof, of a Not element like a limit; a Principal leaves all undecided."""
    statements: list[dict[str, object]] = [
        allow("GetObject", ["my-bucket", "arn:aws:s3:::a"]),
        {"Effect": "Deny", "NotAction": "GetObject", "NotResource": "my-bucket"},
        allow(["s3:Get*", "Get"], "*", Principal={"AWS": "*"}),
    ]
    files = write(tmp_path, odd=policy(*statements), ceiling=policy(allow("*")))
    code, out = explain(capsys, "--policy", files["odd"], "--ceiling", files["ceiling"])
    assert code == 4
    assert [line for line in out.splitlines() if line.startswith("Note:")] == [
        f"Note:        {files['odd']}, statement {text}"
        for text in (
            "1: `GetObject` is no service:action, so the statement matches no request",
            "1: `my-bucket` is no ARN, so it matches nothing",
            "2: `GetObject` is no service:action, so it leaves nothing out",
            "2: `my-bucket` is no ARN, so it leaves nothing out",
            "3: `Get` is no service:action, so it matches nothing",
            "3: IAM takes no Principal in an identity policy, so nothing is decided",
        )
    ]


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run the command on what it cannot read; return the one line of what is wrong."""
    assert main(["explain", *arguments]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), err.startswith("panorama-guard: ")) == ("", 1, True)
    return err.removeprefix("panorama-guard: ").rstrip("\n")


ROLE_FILE = as_file(with_policies(snapshot_of(GROUP_ROLE), IN_PATTERN, boundary=[managed(ADMINISTRATOR)]))


def changed(*path: str | int, to: object) -> object:
    """Return the role file with one value changed, or taken out."""
    value: Any = json.loads(json.dumps(ROLE_FILE))
    inner = value
    for key in path[:-1]:
        inner = inner[key]
    if to is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return value


ROLE = ("RoleDetailList", 0)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("{", "not JSON"),
        ("[]", "not an object `[]`"),
        ('{"policies": []}', "ceiling: missing in"),
        ('{"policies": [5], "ceiling": []}', "policies[0]: not an object `5`"),
        (changed(*ROLE, "RoleName", to="payroll"), "and no role of this name `payroll`"),
        (changed(*ROLE, "RoleName", to=7), "RoleDetailList[0]: RoleName: not a text `7`"),
        (changed(*ROLE, "RolePolicyList", to=None), "RoleDetailList[0]: RolePolicyList: missing in"),
        (changed(*ROLE, "AttachedManagedPolicies", to={}), "AttachedManagedPolicies: not a list `{}`"),
        (changed(*ROLE, "RolePolicyList", 0, to="x"), "RolePolicyList[0]: not an object `x`"),
        (changed(*ROLE, "AssumeRolePolicyDocument", to=None), "AssumeRolePolicyDocument: missing in"),
        (changed(*ROLE, "AssumeRolePolicyDocument", to="%7B"), "trust policy: not JSON"),
        (
            changed(*ROLE, "AssumeRolePolicyDocument", "Statement", 0, "Principal", to="x"),
            "trust policy: statement 1: Principal",
        ),
        (
            changed(*ROLE, "RolePolicyList", 0, "PolicyDocument", "Statement", 0, "Effect", to="Maybe"),
            "neither Allow nor Deny `Maybe`",
        ),
        (changed(*ROLE, "PermissionsBoundary", to=[]), "PermissionsBoundary: not an object `[]`"),
        (changed("Policies", to=[]), "the list Policies of the file has no document of `arn:aws:iam::aws:policy"),
        (changed("Policies", 0, "PolicyVersionList", to=[]), "PolicyVersionList: not one default version of `arn:"),
        (changed("RoleDetailList", to=[]), "RoleDetailList: there is no role in `[]`"),
        ("\udcff", "not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    value: Any, problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the file, the field and the value."""
    file = tmp_path / "asked.json"
    text = value if isinstance(value, str) else json.dumps(value)
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    line = complaint(capsys, str(file))
    assert line.startswith(str(file))
    assert problem in line


def test_files_that_are_not_there_and_roles_that_are_not_in_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is told by its name."""
    files = write(tmp_path, role=json.dumps(ROLE_FILE), wide=WIDE, question='{"policies": [], "ceiling": []}')
    missing = str(tmp_path / "missing.json")
    assert complaint(capsys, missing) == f"{missing}: cannot be read `No such file or directory`"
    incident = "inc-0123456789abcdef"
    assert complaint(capsys, incident).endswith(f"of it tells `panorama-guard incidents {incident}`")
    assert "cannot be read" in complaint(capsys, "--policy", files["wide"], "--ceiling", str(tmp_path))
    assert f"not one role named `x`; here are {GROUP_ROLE.name}" in complaint(capsys, files["role"], "--role", "x")
    assert "only these have a posture `retired`" in complaint(capsys, files["question"], "--posture", "retired")
    assert "no file of roles, but one is asked for `x`" in complaint(capsys, files["question"], "--role", "x")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--policy", "a"], "at least one --policy and one --ceiling"),
        (["--ceiling", "a"], "at least one --policy and one --ceiling"),
        (["file", "--policy", "a", "--ceiling", "b"], "go with none of FILE, --role and --posture"),
        (["--policy", "a", "--ceiling", "b", "--posture", "retired"], "go with none of FILE, --role and --posture"),
        (["--policy", "a", "--ceiling", "b", "--boundary", "c", "--boundary", "d"], "one --boundary at most"),
        (["--posture", "odd"], "invalid choice"),
        (["--output", "xml"], "invalid choice"),
    ],
)
def test_wrong_arguments_are_errors_of_usage(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Told by the parser, with code 2."""
    with pytest.raises(SystemExit, match="2"):
        main(["explain", *arguments])
    assert problem in capsys.readouterr().err


def test_the_help_says_what_the_codes_mean(capsys: pytest.CaptureFixture[str]) -> None:
    """Scripts rely on them."""
    with pytest.raises(SystemExit, match="0"):
        main(["explain", "--help"])
    assert "0 contained, 3 escaped, 4 undecided, 1 something could not be read" in " ".join(
        capsys.readouterr().out.split()
    )


def test_hostile_documents_print_nothing_that_acts_on_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Control characters, escape sequences, and letters that turn the line around."""
    text = "\x1b[2J\u202e\u2066\nSeverity: LOW  \u2800"
    tested = {"StringEquals": {f"k{text}": text}}
    role = with_policies(snapshot_of(), policy(allow("s3:*", f"arn:aws:s3:::{text}", Sid=text, Condition=tested)))
    named = replace(role, inline=(replace(role.inline[0], name=text),))
    file = write(tmp_path, role=json.dumps(as_file(named, encoded=True)))["role"]
    code, out = explain(capsys, file)
    assert code == 3
    assert all(is_seen(char) for line in out.split("\n") for char in line)
    odd = write(tmp_path, odd=json.dumps({"policies": [], text: text}))["odd"]
    assert all(map(is_seen, complaint(capsys, odd)))
