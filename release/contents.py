"""What a release holds: the template with archives in the place of folders, and the version that all of it names."""

import re
from dataclasses import dataclass
from typing import Final

_CODE: Final = re.compile(r"^(?P<before> +(?:CodeUri|ContentUri): )(?P<folder>[\w./-]+)$", re.MULTILINE)
_SEMANTIC: Final = re.compile(r"^    SemanticVersion: (\S+)", re.MULTILINE)
_RELEASED: Final = re.compile(r"^## \[(\d[^\]]*)\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Archived:
    """A folder of code, and the name of the archive that is made of it."""

    folder: str
    archive: str


class VersionError(Exception):
    """What is to be released does not name one version everywhere."""


def archived_code(template: str) -> tuple[Archived, ...]:
    """Return each folder of code that the template names, once, with the archive that takes its place."""
    folders = dict.fromkeys(found["folder"] for found in _CODE.finditer(template))
    return tuple(Archived(folder, f"{folder.replace('/', '-')}.zip") for folder in folders)


def with_archives(template: str) -> str:
    """Return the template with its archives in the place of folders, and everything else as it was written."""
    names = {each.folder: each.archive for each in archived_code(template)}
    return _CODE.sub(lambda found: f"{found['before']}{names[found['folder']]}", template)


def check_version(version: str, template: str, changelog: str) -> None:
    """Raise `VersionError` unless the template and the newest entry of the changelog name this version."""
    named = {"template.yaml": _first(_SEMANTIC, template), "CHANGELOG.md": _first(_RELEASED, changelog)}
    wrong = [f"{file} says `{said}`" for file, said in named.items() if said != version]
    if wrong:
        message = f"the version is `{version}`, but {' and '.join(wrong)}"
        raise VersionError(message)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else "nothing"
