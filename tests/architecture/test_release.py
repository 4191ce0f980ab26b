"""What a release needs is there, and says the same everywhere."""

import hashlib
import re
import subprocess
import tomllib
from importlib.metadata import metadata

from panorama_guard.reporting.review import VERSION
from release.contents import archived_code, check_version
from tests.template.translation import ROOT, read_source

APACHE = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"  # https://www.apache.org/licenses/LICENSE-2.0.txt
SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
ABOUT = read_source()["Metadata"]["AWS::ServerlessRepo::Application"]


def text(name: str) -> str:
    """Return a file at the top of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def test_one_version_is_named_everywhere() -> None:
    """It is semantic, and written once in the code."""
    check_version(VERSION, text("template.yaml"), text("CHANGELOG.md"))
    assert SEMANTIC.fullmatch(VERSION)
    assert metadata("panorama-guard")["Version"] == VERSION
    assert tomllib.loads(text("pyproject.toml"))["project"]["dynamic"] == ["version"]


def test_the_licence_is_the_whole_text_of_the_one_that_is_named() -> None:
    """Apache-2.0, to the letter; the package and the template name it."""
    assert hashlib.sha256(text("LICENSE").encode()).hexdigest() == APACHE
    assert metadata("panorama-guard")["License-Expression"] == ABOUT["SpdxLicenseId"] == "Apache-2.0"


def test_the_template_says_what_the_application_repository_asks() -> None:
    """Names and lengths within its limits, and files that are there."""
    assert re.fullmatch(r"[a-zA-Z0-9\-]{1,140}", ABOUT["Name"])
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9]|-(?!-))*[a-z0-9]", ABOUT["Author"])
    assert len(ABOUT["Description"]) <= 256
    assert all(re.fullmatch(r"[a-zA-Z0-9+\-_:/@]{1,127}", label) for label in ABOUT["Labels"])
    assert len(ABOUT["Labels"]) <= 10
    assert all((ROOT / ABOUT[key]).is_file() for key in ("LicenseUrl", "ReadmeUrl"))


def test_every_folder_of_code_is_in_a_release() -> None:
    """What the template names is what there is."""
    folders = {each.folder for each in archived_code(text("template.yaml"))}
    there = {
        f"{top}/{path.name}" for top in ("functions", "layers") for path in (ROOT / top).iterdir() if path.is_dir()
    }
    assert folders == there


def test_a_release_is_built_anew() -> None:
    """What sam has in its cache may have been built before Python 3.13 was there, and then has no bytecode."""
    said = subprocess.run(["make", "--dry-run", "release"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (built,) = re.findall(r"/sam build(.*?)>", said)
    assert built.strip() == "--no-cached"
