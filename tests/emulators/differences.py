"""Compares what the template asks for with what the services say, and that with the table of known differences."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.emulators.asking import UNTOLD, Properties, ask
from tests.emulators.wanting import Deployed

TABLE: Final = Path(__file__).with_name("differences.toml")
ABSENT: Final = "is not told of"
"""What stands in a property's place where the service has no word about the whole resource."""


def find_differences(deployed: Deployed) -> set[str]:
    """Return `TYPE PROPERTY` of whatever is not as the template says; `of RESOURCE` where others of the type are."""
    wanted = deployed.wanted()
    differing: dict[tuple[str, str], set[str]] = {}
    for logical_id, properties in wanted.items():
        for name in _differing(deployed, logical_id, properties):
            differing.setdefault((deployed.kind(logical_id), name), set()).add(logical_id)
    lines: set[str] = set()
    for (kind, name), those in differing.items():
        all_of_them = {
            each for each in wanted if deployed.kind(each) == kind and (name == ABSENT or name in wanted[each])
        }
        whose = [""] if those == all_of_them else [f" of {each}" for each in those]
        lines |= {f"{kind} {name}{each}" for each in whose}
    return lines


def _differing(deployed: Deployed, logical_id: str, wanted: Properties) -> Iterator[str]:
    kind = deployed.kind(logical_id)
    said = ask(deployed.client, kind, deployed.physical_ids[logical_id], wanted)
    if not said:
        yield ABSENT
        return
    for name, value in wanted.items():
        if (kind, name) not in UNTOLD and not is_held(value, said.get(name)):
            yield name


def is_held(wanted: Any, said: Any) -> bool:
    """Say whether what is said has all that is wanted; a service may add defaults to a map, and nothing to a list."""
    wanted, said = _read(wanted), _read(said)
    match wanted, said:
        case dict(), dict():
            return all(name in said and is_held(value, said[name]) for name, value in wanted.items())
        case list(), list():
            return len(wanted) == len(said) and all(any(is_held(one, other) for other in said) for one in wanted)
        case (dict() | list(), _) | (_, dict() | list()):
            return False
    return _as_text(wanted) == _as_text(said)


def _read(value: Any) -> Any:
    """Return what a JSON text says, and anything else as it is: a policy is a map, and the text of one."""
    if not isinstance(value, str) or value[:1] not in {"{", "["}:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _as_text(value: Any) -> str:
    """Return a scalar as one text, whether a service gives a number, a boolean or their text."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def known_differences(emulator: str) -> dict[str, str]:
    """Return what the table says of the emulator: difference and reason."""
    table: dict[str, dict[str, str]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return table[emulator]


def faults_of(found: set[str], known: dict[str, str]) -> list[str]:
    """Return a line for each difference that the table does not have, and each that it has and that is none."""
    return [
        *(f"not as the template says, and not in {TABLE.name}: {each}" for each in sorted(found - known.keys())),
        *(f"in {TABLE.name}, and by now as the template says: {each}" for each in sorted(known.keys() - found)),
    ]
