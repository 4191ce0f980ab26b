"""What the audits let pass, and why: one file of exceptions, in which nothing stands that excepts nothing."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("exceptions.toml")
KEYS = {"template": {"template", "resource", "reason"}, "packages": {"package", "reason"}}


@dataclass(frozen=True, slots=True)
class Found:
    """What a tool holds against a part: a resource as TYPE.NAME of a template by its file, or a package."""

    check: str
    part: str
    words: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True)
class Exempt:
    """A check that is not asked of a part, or of all parts of a type; of one template, where parts are resources."""

    check: str
    part: str
    template: str = ""

    def covers(self, found: Found) -> bool:
        """Return whether what was found is excepted."""
        is_there = (self.check, self.template) == (found.check, found.template)
        return is_there and (found.part == self.part or found.part.startswith(f"{self.part}."))


def parse_exceptions(text: str, audit: str) -> tuple[Exempt, ...]:
    """Return the exceptions of one audit, or raise `ValueError` for one that says too little, or what nobody reads."""
    value = tomllib.loads(text)
    if unknown := value.keys() - KEYS.keys():
        message = f"no such audit: `{', '.join(sorted(unknown))}`"
        raise ValueError(message)
    return tuple(_exempt(check, entry, KEYS[audit]) for check, entry in value.get(audit, {}).items())


def _exempt(check: str, entry: dict[str, Any], keys: set[str]) -> Exempt:
    if entry.keys() != keys or not all(isinstance(each, str) and each.strip() for each in entry.values()):
        message = f"an exception has {' and '.join(sorted(keys))}, and nothing else: `{check}`"
        raise ValueError(message)
    (part,) = keys - {"reason", "template"}
    return Exempt(check, entry[part], entry.get("template", ""))


def _place(one: Found | Exempt) -> str:
    return f"{one.part} in {one.template}" if one.template else one.part


def faults(found: Collection[Found], exceptions: Collection[Exempt]) -> list[str]:
    """Return what is held against a part and not excepted, and each exception that excepts nothing."""
    open_ = [one for one in found if not any(each.covers(one) for each in exceptions)]
    idle = [each for each in exceptions if not any(each.covers(one) for one in found)]
    return [f"{one.check} {_place(one)}: {one.words}" for one in open_] + [
        f"{each.check} {_place(each)}: the exception excepts nothing" for each in idle
    ]
