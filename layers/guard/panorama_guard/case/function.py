"""What a Lambda function is made of, as far as it decides who runs it, what it runs and where its results go.

Lambda changes a policy by the statement: each is added and removed by itself, under its id. So each is a part. Versions
and aliases have policies and URLs of their own, beside the function's; the qualifier tells them apart.
https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

import re

TYPE = "lambda-function"
RUNNER = "lambda-runner"  # a function outside the naming pattern that runs as a guarded role

ROLE = "execution role"
LAYERS = "layers"
SOURCES = "event source mappings"
DESTINATIONS = "destinations"
CODE = "code"  # a fact: the hash of what the function runs
CONFIGURATION = "configuration"  # a fact: what else decides how it runs, by hashes where it may hold secrets
_STATEMENT = "policy statement "
_UNNAMED = "policy statement without an id, number "
_URL = "function URL"
_OF = " of "

ADDRESSABLE = re.compile(r"[\w-]{1,100}", re.ASCII)  # the ids by which Lambda removes a statement


def statement_part(sid: str, qualifier: str = "") -> str:
    """Return the name of the part that a statement of a policy is."""
    return _STATEMENT + sid + _suffix(qualifier)


def unnamed_part(place: int, qualifier: str = "") -> str:
    """Return the name of the part that a statement is which Lambda does not remove by itself."""
    return f"{_UNNAMED}{place}{_suffix(qualifier)}"


def url_part(qualifier: str = "") -> str:
    """Return the name of the part that a function URL is."""
    return _URL + _suffix(qualifier)


def is_statement(part: str) -> bool:
    """Say whether a part is a statement of a policy."""
    return part.startswith(_STATEMENT)


def is_url(part: str) -> bool:
    """Say whether a part is a function URL."""
    return part == _URL or part.startswith(_URL + _OF)


def statement_id(part: str) -> str:
    """Return the id by which Lambda removes the statement that a part is, or an empty text."""
    sid, _, _ = part.removeprefix(_STATEMENT).partition(_OF)
    return sid if is_statement(part) and ADDRESSABLE.fullmatch(sid) else ""


def qualifier_of(part: str) -> str:
    """Return the version or alias to which a statement or URL belongs; empty for the function itself."""
    return part.rpartition(_OF)[2] if _OF in part else ""


def role_name(arn: str) -> str:
    """Return the name of the role of this ARN."""
    return arn.rpartition("/")[2]


def _suffix(qualifier: str) -> str:
    return _OF + qualifier if qualifier else ""
