"""The actions of all services by which one gives others, or takes from them, what one may do oneself.

They are those that the Service Authorization Reference lists under the access level "Permissions management", but those
that only read, and but the services of IAM, STS and IAM Identity Center, which `severity` has whole. The list is of
November 2026; what AWS adds later is not in it.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json
from collections.abc import Iterator
from functools import cache

from panorama_guard.policy import Document, parse_document


@cache
def permissions_management() -> Document:
    """Return a document that allows these actions everywhere."""
    statement = {"Effect": "Allow", "Action": list(_actions()), "Resource": "*"}
    body = {"Version": "2012-10-17", "Statement": [statement]}
    return parse_document(json.dumps(body), name="permissions management")


def _actions() -> Iterator[str]:
    """Yield the actions: each line has some of a service, which begins the first of its lines."""
    from importlib import resources  # noqa: PLC0415 - only who makes a waiver needs it, and it is slow to load

    file = resources.files("panorama_guard.judging") / "data" / "permissions_management.txt"
    service = ""
    for word in file.read_text(encoding="ascii").split():
        if word.endswith(":"):
            service = word
        else:
            yield f"{service}{word}"
