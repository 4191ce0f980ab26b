"""The cases of this folder: documents and the verdict that is right for them."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from panorama_guard.containment import Contained, Escaped, Grant, Reading, Undecided
from panorama_guard.containment.caller import describe_principal
from panorama_guard.containment.check import check
from panorama_guard.containment.evaluate import allows
from panorama_guard.containment.own_account import own_account_ceiling
from panorama_guard.containment.resource import device_grant, resource_grant
from panorama_guard.containment.trust import trust_grant
from panorama_guard.policy import Document, parse_document_value

FOLDER = Path(__file__).parent
SHARED = json.loads((FOLDER / "shared_documents.json").read_text(encoding="utf-8"))
VERDICTS = {"contained": (Contained,), "escaped": (Escaped,), "undecided": (Undecided,)}
WRITTEN: dict[str, Callable[[str], object]] = {  # how AWS writes the values of keys; else a ValueError
    "aws:sourceip": ip_address,
    "aws:currenttime": datetime.fromisoformat,
    "aws:securetransport": ("false", "true").index,
    "aws:sourcearn": lambda text: re.fullmatch(r"arn:aws[^:]*:[^:]+:[^:]*:[^:]*:.+", text) or int("no ARN"),
    **dict.fromkeys(("aws:epochtime", "s3:max-keys", "sts:durationseconds", "aws:multifactorauthage"), int),
}


def cases() -> list[Any]:
    """Return every case of the folder under its file and name."""
    files = sorted(set(FOLDER.glob("*.json")) - {FOLDER / "shared_documents.json"})
    return [
        pytest.param(case, id=f"{file.stem}: {case['name']}")
        for file in files
        for case in json.loads(file.read_text(encoding="utf-8"))
    ]


def documents(listed: list[Any]) -> tuple[Document, ...]:
    """Parse the documents of a case; a text is the name of a shared one."""
    values = (SHARED[item] if isinstance(item, str) else item for item in listed)
    return tuple(parse_document_value(value, name=f"document {place}") for place, value in enumerate(values))


READERS = {"identity": lambda document: Grant((document,)), "resource": resource_grant, "trust": trust_grant}
READERS["device"] = device_grant


def side(case: dict[str, Any], listed: list[Any]) -> tuple[Document, ...]:
    """Return documents of the case's kind as the engine reads them; of identity policies, unless it says otherwise."""
    read = READERS[case.get("kind", "identity")]
    return tuple(policy for document in documents(listed) for policy in read(document).policies)


def ceiling_of(case: dict[str, Any]) -> Grant:
    """Return the ceiling: documents of the case's kind, or an account with whom its operator states."""
    return own_account_ceiling(**case["own_account"]) if "own_account" in case else Grant(side(case, case["ceiling"]))


def is_written(key: str, text: str) -> bool:
    """Say whether AWS writes such a value of a key, where it says what the key is."""
    try:
        WRITTEN.get(key, repr)(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("case", cases())
def test_the_verdict_is_the_labelled_one(case: dict[str, Any]) -> None:
    """Each case has its verdict; each witness is in the grant and outside the ceiling, and a request that can be."""
    grant = Grant(side(case, case["policies"]), tuple(map(documents, case.get("boundaries", []))))
    ceiling = ceiling_of(case)
    verdict = check(grant, ceiling)
    assert isinstance(verdict, VERDICTS.get(case["expect"], (Contained, Escaped, Undecided)))
    if isinstance(verdict, Escaped):
        assert set(verdict.readings) <= set(Reading)
        assert describe_principal(verdict.witness) == case.get("principal", describe_principal(verdict.witness))
        assert all(is_written(key.lower(), text) for key, texts in verdict.witness.context for text in texts)
        for reading in verdict.readings:
            assert allows(grant, verdict.witness.request, reading)
            assert not allows(ceiling, verdict.witness.request, reading)


def test_every_case_has_a_name_of_its_own_and_a_source() -> None:
    """Names are told apart in reports, and each case says where its label comes from."""
    named = [case.values[0] for case in cases()]
    assert all(case["name"] and case["description"] and case["expect"] in {*VERDICTS, "either"} for case in named)
