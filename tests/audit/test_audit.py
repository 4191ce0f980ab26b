"""An audit lets pass what the file of exceptions names, and nothing that its tool did not read."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.audit.__main__ import UNCHECKED, audited_templates, main_reachable, run
from tests.audit.exceptions import FILE, Exempt, Found, faults, parse_exceptions
from tests.audit.tools import UNREAD, Said, package_findings, template_findings, unchecked_findings
from tests.template.translation import ROOT

READ = {"passed": 3, "failed": 1, "parsing_errors": 0, "resource_count": 2}
OPEN_BUCKET = Found("CKV_1", "AWS::S3::Bucket.Open", "closed?", "t")
BUCKET = {"check_id": "CKV_1", "resource": "AWS::S3::Bucket.Open", "check_name": "closed?"}


def test_the_exceptions_can_be_read() -> None:
    """Each has its reason."""
    text = FILE.read_text(encoding="utf-8")
    assert len(parse_exceptions(text, "template")) >= 1
    assert all(each.check and each.part for each in parse_exceptions(text, "packages"))


@pytest.mark.parametrize(
    "text",
    [
        '[template.CKV_1]\nresource = "AWS::S3::Bucket"\n',
        '[template.CKV_1]\nresource = "AWS::S3::Bucket"\ntemplate = "t"\nreason = " "\n',
        '[template.CKV_1]\nresource = "AWS::S3::Bucket"\ntemplate = "t"\nreason = "so"\nuntil = "ever"\n',
        '[template.CKV_1]\nresource = "AWS::S3::Bucket"\nreason = "so"\n',
        '[template.CKV_1]\npackage = "boto3"\ntemplate = "t"\nreason = "so"\n',
        '[others.CKV_1]\nresource = "AWS::S3::Bucket"\ntemplate = "t"\nreason = "so"\n',
    ],
)
def test_an_exception_without_a_reason_or_with_what_nobody_reads_is_refused(text: str) -> None:
    """An exception names what it excepts, and why."""
    with pytest.raises(ValueError, match=r"an exception has|no such audit"):
        parse_exceptions(text, "template")


@pytest.mark.parametrize("part", ["AWS::S3::Bucket", "AWS::S3::Bucket.Open"])
def test_what_is_excepted_is_no_fault(part: str) -> None:
    """By its type, or by its name."""
    assert faults([OPEN_BUCKET], [Exempt("CKV_1", part, "t")]) == []


@pytest.mark.parametrize(
    "exempt",
    [
        Exempt("CKV_2", "AWS::S3::Bucket", "t"),
        Exempt("CKV_1", "AWS::S3::Buck", "t"),
        Exempt("CKV_1", "Open", "t"),
        Exempt("CKV_1", "AWS::S3::Bucket.Open", "other"),
    ],
)
def test_another_exception_excepts_nothing_and_is_a_fault_itself(exempt: Exempt) -> None:
    """Of another check, of half a type, of a name without its type, of another template."""
    assert faults([OPEN_BUCKET], [exempt]) == [
        "CKV_1 AWS::S3::Bucket.Open in t: closed?",
        f"{exempt.check} {exempt.part} in {exempt.template}: the exception excepts nothing",
    ]


def test_what_checkov_holds_against_a_resource_is_found() -> None:
    """By the check, and the resource with its type."""
    assert list(template_findings({"summary": READ, "results": {"failed_checks": [BUCKET]}}, "t")) == [OPEN_BUCKET]


@pytest.mark.parametrize(
    "report",
    [
        None,
        [],
        {},
        *(
            {"summary": {**READ, key: wrong}}
            for key, wrong in {**dict.fromkeys(READ, 0), "parsing_errors": 1}.items()
            if key != "failed"
        ),
    ],
)
def test_a_template_that_checkov_did_not_read_is_a_fault(report: Any) -> None:
    """No result, no check that passed, no resource, an error."""
    assert [found.check for found in template_findings(report, "t")] == [UNREAD]


NO_CHECK = {"passed": 0, "failed": 0, "skipped": 0, "parsing_errors": 0, "resource_count": 0}


@pytest.mark.parametrize("report", [None, [], {"summary": READ}, {**NO_CHECK, "passed": 1}, {**NO_CHECK, "failed": 1}])
def test_a_template_that_is_said_to_have_no_check_and_has_some_is_a_fault(report: Any) -> None:
    """Or of which nobody knows it."""
    assert list(unchecked_findings(NO_CHECK, "t")) == []
    assert [found.check for found in unchecked_findings(report, "t")] == ["checked"]


def test_every_template_is_audited_or_named_as_one_without_checks() -> None:
    """Wherever it lies beside the code, and however its name ends; what is named is there."""
    lying = (path for folder in ("templates", "docs/examples") for path in (ROOT / folder).rglob("*") if path.is_file())
    templates = {
        str(path.relative_to(ROOT))
        for path in lying
        if "\nResources:" in (text := _text(path)) or '"Resources"' in text
    }
    assert audited_templates().keys() == (templates | {"template.yaml"}) - set(UNCHECKED)
    assert set(UNCHECKED) <= templates


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_what_pip_audit_holds_against_a_package_is_found() -> None:
    """And one that it could not look up: it ends as if all were well."""
    old = {"name": "old", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
    report = {"dependencies": [old, {"name": "gone", "skip_reason": "not found"}, {"name": "new", "vulns": []}]}
    assert list(package_findings(report)) == [
        Found("PYSEC-1", "old", "1.0, fixed in 1.1"),
        Found(UNREAD, "gone", "not found"),
    ]


@pytest.mark.parametrize("report", [None, {}, {"dependencies": []}])
def test_a_lock_of_which_pip_audit_read_nothing_is_a_fault(report: Any) -> None:
    """An empty answer says nothing."""
    assert [found.check for found in package_findings(report)] == [UNREAD]


KNOWN = {"name": "known", "version": "1.0", "vulns": []}
VULNERABLE = {**KNOWN, "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
UNKNOWN = {"name": "gone", "skip_reason": "not found"}


def said_of(*packages: dict[str, Any]) -> Said:
    """Return what pip-audit says of these packages."""
    return Said({"dependencies": list(packages)}, "")


@pytest.mark.parametrize(
    "said",
    [
        said_of(UNKNOWN, UNKNOWN),
        Said(None, "requests.exceptions.ConnectionError: HTTPSConnectionPool"),
        Said(None, "ERROR:pip_audit._cli:Tip: your network may be blocking this service."),
        Said(None, "", is_late=True),
    ],
)
def test_where_the_service_cannot_be_reached_it_is_said_and_is_no_failure(
    said: Said, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, after the first lock."""
    asked: list[Path] = []
    assert main_reachable(lambda lock: asked.append(lock) or said) == 0  # type: ignore[func-returns-value]
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("NOT AUDITED: no package was looked up, ")
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (said_of(VULNERABLE, UNKNOWN), "PYSEC-1 known: 1.0, fixed in 1.1"),
        (said_of(KNOWN, UNKNOWN), f"{UNREAD} gone: not found"),
        (said_of(), f"{UNREAD} lock: pip-audit read no package"),
        (Said(None, "no such option: --format"), f"{UNREAD} lock: pip-audit read no package"),
    ],
)
def test_a_service_that_is_reached_is_obeyed(said: Said, fault: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And so is a tool that failed for a reason of its own."""
    assert main_reachable(lambda _: said) == 1
    assert fault in capsys.readouterr().out.splitlines()


def test_packages_that_are_looked_up_and_without_fault_are_silence(capsys: pytest.CaptureFixture[str]) -> None:
    """Of every lock there is."""
    asked: list[Path] = []
    assert main_reachable(lambda lock: asked.append(lock) or said_of(KNOWN)) == 0  # type: ignore[func-returns-value]
    assert capsys.readouterr().out == ""
    committed = {*ROOT.glob("requirements/*.lock"), *ROOT.glob("layers/*/requirements.lock")}
    assert set(asked[1:]) == committed  # the first of all is asked twice


def test_a_tool_is_heard_however_it_ends() -> None:
    """With JSON and 1, with words, and too late."""
    script = "import sys; print('{\"a\": 1}'); sys.exit(1)"
    assert run(sys.executable, "-c", script) == Said({"a": 1}, "")
    assert run(sys.executable, "-c", "import sys; sys.exit('ConnectionError')") == Said(None, "ConnectionError\n")
    assert run(sys.executable, "-c", "import time; time.sleep(60)", patience=0.2).is_late


def test_the_continuous_integration_audits_the_template_and_the_packages() -> None:
    """After the tests; the packages as far as their service is reached, which a mirror of the registry has not."""
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "make" in line] == ["make test", "make audit-template", "make audit-reachable"]
