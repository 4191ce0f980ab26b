"""A release deploys what was built, and names one version."""

import pytest

from release.contents import Archived, VersionError, archived_code, check_version, with_archives

TEMPLATE = """\
Metadata:
  AWS::ServerlessRepo::Application:
    SemanticVersion: 1.2.3 # compared
Resources:
  Layer:
    Properties:
      ContentUri: layers/guard
  First:
    Properties:
      CodeUri: functions/inspect
      Description: CodeUri of functions/inspect
  Second:
    Properties:
      CodeUri: functions/inspect
"""
CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-01-01\n\n## [1.2.2] - 2025-01-01\n"


def test_each_folder_of_code_is_one_archive() -> None:
    """However many functions have it."""
    assert archived_code(TEMPLATE) == (
        Archived("layers/guard", "layers-guard.zip"),
        Archived("functions/inspect", "functions-inspect.zip"),
    )


def test_archives_take_the_place_of_folders_and_nothing_else_changes() -> None:
    """Every reason beside a permission stays."""
    changed = with_archives(TEMPLATE).splitlines()
    different = [line for line, before in zip(changed, TEMPLATE.splitlines(), strict=True) if line != before]
    assert [line.strip() for line in different] == [
        "ContentUri: layers-guard.zip",
        "CodeUri: functions-inspect.zip",
        "CodeUri: functions-inspect.zip",
    ]


def test_one_version_everywhere_is_taken() -> None:
    """The package's, the template's, and the newest of the changelog."""
    check_version("1.2.3", TEMPLATE, CHANGELOG)


@pytest.mark.parametrize(
    ("version", "template", "changelog", "told"),
    [
        ("1.2.4", TEMPLATE, CHANGELOG, "`1.2.4`, but template.yaml says `1.2.3` and CHANGELOG.md says `1.2.3`"),
        ("1.2.3", TEMPLATE, CHANGELOG.replace("[1.2.3]", "[1.3.0]"), "CHANGELOG.md says `1.3.0`"),
        ("1.2.3", TEMPLATE.replace("1.2.3", "1.2.2"), CHANGELOG, "template.yaml says `1.2.2`"),
        ("1.2.3", "", "", "template.yaml says `nothing` and CHANGELOG.md says `nothing`"),
    ],
)
def test_different_versions_are_refused(version: str, template: str, changelog: str, told: str) -> None:
    """With what each says."""
    with pytest.raises(VersionError, match=told.replace("[", r"\[")):
        check_version(version, template, changelog)
