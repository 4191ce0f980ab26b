"""`profile check` says of each file what it guards, or what to mend in one line; the schema agrees on its form."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from panorama_guard.cli import main
from tests.unit.profile.test_loader import FIELDS, changed, example, without

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "layers/guard/panorama_guard/profile/data/panorama.json"
GREENGRASS = ROOT / "docs/examples/greengrass.json"
SCHEMA = json.loads((ROOT / "docs/schemas/profile-1.schema.json").read_text(encoding="utf-8"))
VALID = jsonschema.Draft202012Validator(SCHEMA)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command and return its code and what it wrote."""
    code = main(["profile", "check", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_profiles_are_told_with_what_they_guard(capsys: pytest.CaptureFixture[str]) -> None:
    """One line each, and code 0."""
    code, out, err = run(capsys, str(SHIPPED), str(GREENGRASS))
    assert (code, err, len(out.splitlines())) == (0, "", 2)
    assert "roles Greengrass_ServiceRole; families group-role; resources s3-bucket *greengrass*" in out
    assert out.endswith("ended 2026-10-07\n")


def test_a_machine_is_told_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """A JSON object a line."""
    code, out, _ = run(capsys, str(GREENGRASS), "--output", "json")
    body = json.loads(out)
    assert (code, body["profile"], body["roles"]) == (0, "greengrass", ["Greengrass_ServiceRole"])
    assert body["resources"]["secret"] == ["greengrass-*"]


def test_what_is_wrong_is_one_line_with_field_and_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of each file, and code 1."""
    file = tmp_path / "mine.json"
    file.write_text(changed("roles.0.name", "a/b"), encoding="utf-8")
    code, out, err = run(capsys, str(file), str(SHIPPED))
    assert (code, err) == (1, f"panorama-guard: {file}: roles[0].name is not a role name: `a/b`\n")
    assert out.startswith(f"{SHIPPED}: profile panorama")


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A directory, bytes that are no text, nothing at all."""
    odd = tmp_path / "odd.json"
    odd.write_bytes(b"\xff\xfe\x00")
    for file in (tmp_path, odd, tmp_path / "none.json"):
        code, out, err = run(capsys, str(file))
        assert (code, out, len(err.splitlines())) == (1, "", 1)
        assert f"{file}: cannot be read: " in err
        assert "codec" not in err, "Python's own words"


def test_files_that_guard_one_role_cannot_be_used_together(capsys: pytest.CaptureFixture[str]) -> None:
    """Each by itself may be right."""
    code, _, err = run(capsys, str(GREENGRASS), str(GREENGRASS))
    assert (code, err) == (1, "panorama-guard: together: two roles have one name: `greengrass_servicerole`\n")


@pytest.mark.parametrize("file", [SHIPPED, GREENGRASS], ids=lambda file: file.name)
def test_the_schema_takes_the_profiles_that_are_shipped(file: Path) -> None:
    """And is itself a schema."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    VALID.validate(json.loads(file.read_text(encoding="utf-8")))


def family(**fields: Any) -> dict[str, Any]:
    """Return a family, with other fields."""
    trust = example()["roles"][0]["trust"]
    return {"name": "kin", "signs": [{"names": ["kin-*"]}], "ceiling": {}, "patterns": ["sqs"], "trust": trust} | fields


BROKEN = [
    *(without(place) for place in FIELDS),
    *(changed(place, 7) for place in FIELDS),
    *(changed(f"{place}colour", "red") for place in ("", "roles.0.", "roles.0.trust.", "resources.0.stated.")),
    changed("roles.0.name", "a/b"),
    changed("roles.0.paths", []),
    changed("resources.0.enrolment", "perhaps"),
    changed("ended", "tomorrow"),
    *(
        changed("families", [one])
        for one in (
            family(signs=[]),
            family(signs=[{}]),
            family(signs=[{"names": []}]),
            family(signs=[{"trusts": ["*"]}]),
            family(name="Kin Folk"),
            family(colour="red"),
            family(ceiling=[]),
        )
    ),
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_the_schema_refuses_the_guard_refuses_too(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An editor with the schema tells what `profile check` would."""
    file = tmp_path / "broken.json"
    file.write_text(text, encoding="utf-8")
    assert not VALID.is_valid(json.loads(text))
    code, out, err = run(capsys, str(file))
    assert (code, out, len(err.splitlines())) == (1, "", 1)


@pytest.mark.parametrize("fields", [{}, {"patterns": []}, {"signs": [{"trusts": ["example.amazonaws.com"]}]}])
def test_a_family_is_taken_by_both(fields: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With or without what it may leave out."""
    text = changed("families", [family(**fields)])
    file = tmp_path / "mine.json"
    file.write_text(text, encoding="utf-8")
    VALID.validate(json.loads(text))
    assert run(capsys, str(file))[0] == 0


def test_a_family_of_a_pattern_that_there_is_none_of_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The schema cannot know that."""
    file = tmp_path / "mine.json"
    file.write_text(changed("families", [family(patterns=["s3"])]), encoding="utf-8")
    code, _, err = run(capsys, str(file))
    assert (code, "families[0].patterns[0] is not a service of `patterns`: `s3`" in err) == (1, True)


def test_a_type_of_resource_that_nobody_reads_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It would be silently without effect."""
    file = tmp_path / "mine.json"
    file.write_text(changed("resources.0.type", "moon-base"), encoding="utf-8")
    code, _, err = run(capsys, str(file))
    assert (code, err.count("\n")) == (1, 1)
    assert "resources[0].type is not one of s3-bucket, " in err
    assert err.endswith(": `moon-base`\n")


def test_a_resource_of_a_family_that_there_is_none_of_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The schema cannot know that either."""
    file = tmp_path / "mine.json"
    file.write_text(changed("resources.0.family", "kin"), encoding="utf-8")
    code, _, err = run(capsys, str(file))
    assert (code, "resources[0].family is not a family of the profile: `kin`" in err) == (1, True)
