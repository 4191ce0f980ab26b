"""What a function's parts say: who runs it, what it runs and as whom, where its events come from and its results go."""

import json
import re
from collections.abc import Iterator, Mapping

from panorama_guard.case import function
from panorama_guard.case.finding import Deviation, Finding, Kind, Severity
from panorama_guard.case.resource import ResourceSnapshot, canonical
from panorama_guard.judging.part_rule import Direction, Entry, PartRule
from panorama_guard.judging.passed_roles import gives_away, is_guarded
from panorama_guard.policy.glob import Glob, matches
from panorama_guard.profile import ResourceProfile

SIGNED, PUBLIC = "AWS_IAM", "NONE"  # how a URL knows its callers
_RUN_BY_URL = "lambda:InvokeFunctionUrl"
_AUTH_TYPE = "lambda:functionurlauthtype"
_BY_URL = "lambda:invokedviafunctionurl"

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_SURE = frozenset({"StringEquals", "StringLike", "ArnLike", "ArnEquals"})  # none of these holds without its key

# The call by which Lambda takes from a source, or gives to a destination, by the service in its ARN.
_TAKES: Mapping[str, str] = {
    "sqs": "sqs:ReceiveMessage",
    "kinesis": "kinesis:GetRecords",
    "dynamodb": "dynamodb:GetRecords",
    "kafka": "kafka-cluster:ReadData",
    "mq": "mq:DescribeBroker",
    "rds": "rds:DescribeDBClusters",
}
_GIVES: Mapping[str, str] = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "lambda": "lambda:InvokeFunction",
    "events": "events:PutEvents",
}


def _read_url(entry: Entry, snapshot: ResourceSnapshot) -> dict[str, object] | None:
    """Return whom a URL lets in: everybody, where it asks for no signature and a policy lets everybody call it.

    Without such a policy nobody gets through. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    if entry["AuthType"] != PUBLIC or not _lets_everybody_call(entry.get("Qualifier", ""), snapshot):
        return None
    return {"Effect": "Allow", "Principal": "*", "Action": _RUN_BY_URL, "Resource": snapshot.subject.arn}


def _lets_everybody_call(qualifier: str, snapshot: ResourceSnapshot) -> bool:
    parts = (part for part in snapshot.parts if function.is_statement(part.name))
    own = (part.text for part in parts if function.qualifier_of(part.name) == qualifier)
    return any(_is_for_everybody(statement) for text in own for statement in json.loads(text)["Statement"])


def _is_for_everybody(statement: Entry) -> bool:
    principal, actions = statement.get("Principal"), _listed(statement.get("Action", []))
    named = principal.get("AWS", []) if isinstance(principal, dict) else principal
    keys = {
        (key.lower(), str(_listed(value)[0]))
        for keys in statement.get("Condition", {}).values()
        for key, value in keys.items()
    }
    is_for_urls = keys <= {(_AUTH_TYPE, PUBLIC), (_BY_URL, "true")}
    calls = any(matches(Glob(action.lower()), _RUN_BY_URL.lower()) for action in actions)
    return statement.get("Effect") == "Allow" and "*" in _listed(named) and calls and is_for_urls


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _signed(text: str) -> str:
    """Return a URL that asks for a signature."""
    body = json.loads(text)
    return canonical({**body, "Urls": [{**one, "AuthType": SIGNED} for one in body["Urls"]]})


def _read_layer(entry: Entry, _: ResourceSnapshot) -> dict[str, object]:
    return {"Effect": "Allow", "Action": "lambda:GetLayerVersion", "Resource": entry["Arn"]}


def _read_source(entry: Entry, _: ResourceSnapshot) -> dict[str, object]:
    """Return what a mapping takes from. A source that has no ARN, or none with an account, is not understood."""
    return _flow(_TAKES, entry["EventSourceArn"])


def _read_destination(entry: Entry, _: ResourceSnapshot) -> dict[str, object]:
    """Return what is given to a destination. Of a bucket no ARN says whose it is: that is not understood."""
    return _flow(_GIVES, entry["Destination"])


def _flow(calls: Mapping[str, str], arn: str) -> dict[str, object]:
    service = arn.split(":")[2]
    if service not in calls:
        message = f"whose this is, its ARN does not tell: {arn}"
        raise ValueError(message)
    return {"Effect": "Allow", "Action": calls[service], "Resource": arn}


def _as_sent(text: str) -> str:
    """Return a statement of the requests alone in which AWS does not contradict itself about who sends them.

    The account of a source is the account in its ARN: whoever asks for one asks for the other.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceaccount
    """
    policy = json.loads(text)
    return canonical({**policy, "Statement": [_of_its_source(statement) for statement in policy["Statement"]]})


def _of_its_source(statement: Entry) -> Entry:
    accounts = _source_accounts(statement)
    if statement.get("Effect") != "Allow" or not accounts:
        return statement
    same = {"aws:SourceAccount": accounts, "aws:SourceOwner": accounts}
    arns = [pattern for account in accounts for pattern in (f"arn:*:*:*:{account}:*", "arn:*:*:*::*")]
    conditions = {**statement["Condition"]}
    for operator, keys in (("StringEqualsIfExists", same), ("ArnLikeIfExists", {"aws:SourceArn": arns})):
        conditions[operator] = {**keys, **conditions.get(operator, {})}
    return {**statement, "Condition": conditions}


def _source_accounts(statement: Entry) -> list[str]:
    """Return the accounts of the sources that a statement asks for, or nothing where it may be any."""
    asked = [
        (key.lower(), _listed(value))
        for operator, keys in statement.get("Condition", {}).items()
        if operator in _SURE
        for key, value in keys.items()
    ]
    named = [values for key, values in asked if key == "aws:sourceaccount"]
    named += [[_account_in(arn) for arn in values] for key, values in asked if key == "aws:sourcearn"]
    known = (values for values in named if all(_ACCOUNT.fullmatch(value) for value in values))
    return next(known, [])


def _account_in(arn: str) -> str:
    """Return the account in an ARN, or an empty text: PutResourcePolicy takes patterns that are no whole ARNs."""
    return "".join(arn.split(":")[4:5])


_STATEMENT = PartRule(Direction.REACH, goes_whole=True, as_sent=_as_sent)  # Lambda writes no statement anew
_UNNAMED = PartRule(Direction.REACH, hands_off="Lambda removes no statement that has no id of its own")
_URL = PartRule(Direction.REACH, lists=("Urls",), read_entry=_read_url, closed=_signed)
_RULES: Mapping[str, PartRule] = {
    function.LAYERS: PartRule(Direction.FLOW, Kind.WEAKNESS, lists=("Layers",), read_entry=_read_layer),
    function.SOURCES: PartRule(Direction.FLOW, Kind.WEAKNESS, lists=("Sources",), read_entry=_read_source),
    function.DESTINATIONS: PartRule(
        Direction.FLOW, Kind.WEAKNESS, lists=("Destinations",), read_entry=_read_destination
    ),
}


def rule_of(part: str) -> PartRule | None:
    """Return how a part is judged by the engine, or None for one that is compared."""
    if function.is_statement(part):
        return _STATEMENT if function.statement_id(part) else _UNNAMED
    return _URL if function.is_url(part) else _RULES.get(part)


def runs_as(snapshot: ResourceSnapshot) -> str:
    """Return the name of the role as which a resource runs, or an empty text where it runs as none, or is not read."""
    return function.role_name(str(json.loads(snapshot.text_of(function.ROLE) or '""')))


def own_principals(_: ResourceSnapshot) -> tuple[str, ...]:
    """Return by what else the owner's account is named: a function's policy knows it by its number alone."""
    return ()


def own_targets(snapshot: ResourceSnapshot) -> tuple[str, ...]:
    """Return the patterns of what the account owns."""
    partition, account = snapshot.subject.arn.split(":")[1], snapshot.subject.account
    return tuple(f"arn:{partition}:{service}:*:{account}:*" for service in sorted({*_TAKES, *_GIVES}))


def compare(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    """Yield what is otherwise than it should be, of the parts that open nothing by themselves."""
    arn = str(json.loads(snapshot.text_of(function.ROLE) or '""'))
    if is_guarded(arn, profile):
        yield gives_away(function.ROLE, "it runs as the guarded role", arn)
    elif arn and not profile.may_run_as(function.role_name(arn)):
        yield _weakness(function.ROLE, f"it runs as {arn}, which is no role of the naming pattern", Severity.MEDIUM)
    for part in snapshot.parts:
        if function.is_url(part.name) and _asks_nobody(part.text):
            reason = "it asks nobody for a signature: whatever statement lets everybody in opens it"
            yield _weakness(part.name, reason, Severity.MEDIUM)


def compare_runner(snapshot: ResourceSnapshot, _: ResourceProfile) -> Iterator[Finding]:
    """Yield that a function outside the naming pattern runs as a guarded role: its reader returns no other."""
    arn = str(json.loads(snapshot.text_of(function.ROLE) or '""'))
    if arn:
        reason = f"{snapshot.name} is no function of the naming pattern, and runs as {arn}"
        yield _weakness(function.ROLE, reason, Severity.HIGH)


def _asks_nobody(text: str) -> bool:
    return any(one["AuthType"] == PUBLIC for one in json.loads(text)["Urls"])


def _weakness(part: str, reason: str, severity: Severity) -> Finding:
    return Finding(Kind.WEAKNESS, severity, part, Deviation(reason))
