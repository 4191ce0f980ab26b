"""The engine holds the example of two service control policies to what their page says, over all requests."""

import copy
import json
from typing import Any

import pytest

from panorama_guard.case.member import REMEDIATION_ROLE
from panorama_guard.containment import Contained, Escaped, Grant
from panorama_guard.containment.check import check
from panorama_guard.policy.document import Document, parse_document_value
from panorama_guard.profile import load_profile
from tests.architecture.test_template_roles import ACCOUNT, grant_of
from tests.template.reading import Template, as_list, of_type
from tests.template.translation import ROOT, read_source, translate

STACK, EXEMPT = "panorama-guard", "arn:aws:iam::*:role/GuardAdministrator"
REMEDIATOR = f"arn:aws:iam::{ACCOUNT}:role/{STACK}-RemediateRole-1"
IN_A_MEMBER = f"arn:aws:iam::{ACCOUNT}:role/{REMEDIATION_ROLE}"
OWN_ROLE = f"arn:aws:iam::{ACCOUNT}:role/{STACK}-InspectRole-1"
REMEDIATORS = (f"arn:aws:iam::*:role/{STACK}-RemediateRole-*", f"arn:aws:iam::*:role/{REMEDIATION_ROLE}")
FULL = {"Effect": "Allow", "Action": "*", "Resource": "*"}  # AWS attaches it beside: FullAWSAccess
KEYS = [f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{name}" for name in ("1234abcd-12ab-34cd-56ef-1234567890ab", "another")]
LONGEST = 5_120  # characters of a service control policy
# Who is let through by each statement; and for what he would be denied, beside whose it is.
LET_THROUGH = {
    "ContainmentsStay": [REMEDIATOR, IN_A_MEMBER, EXEMPT],
    "OwnBoundariesStay": [REMEDIATOR, IN_A_MEMBER, EXEMPT],
    "NobodyBecomesTheGuard": [EXEMPT],
    "NobodyBecomesTheGuardInMembers": [REMEDIATOR, OWN_ROLE, EXEMPT],
    "NobodyWritesItsCode": [EXEMPT],
    "NobodyCallsPastTheUrl": [EXEMPT],
    "NobodyEndsItsMappings": [EXEMPT],
    "NobodyWritesItsOrders": [REMEDIATOR, OWN_ROLE, EXEMPT],
    "NobodyTakesItsMessages": [REMEDIATOR, OWN_ROLE, EXEMPT],
    "NobodyEndsItsParts": [EXEMPT],
    "NobodyEndsItsKeys": [EXEMPT],
}
OTHERS = {
    **{sid: [EXEMPT] for sid in LET_THROUGH},
    "ContainmentsStay": [*REMEDIATORS, EXEMPT],
    "OwnBoundariesStay": [*REMEDIATORS, EXEMPT],
    "NobodyBecomesTheGuardInMembers": [f"arn:aws:iam::*:role/{STACK}-*Role-*", EXEMPT],
    "NobodyWritesItsOrders": [f"arn:aws:iam::*:role/{STACK}-*Role-*", EXEMPT],
    "NobodyTakesItsMessages": [f"arn:aws:iam::*:role/{STACK}-*Role-*", EXEMPT],
}
THROUGH_THE_URL = {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
OF_ITS_FUNCTIONS = {"lambda:FunctionArn": f"arn:aws:lambda:*:*:function:{STACK}-*Function-*"}
# What a statement asks beside who calls.
ASKED: dict[str, dict[str, Any]] = {
    "NobodyCallsPastTheUrl": {"BoolIfExists": {"lambda:InvokedViaFunctionUrl": "false"}},
    "NobodyEndsItsMappings": {"ArnLike": OF_ITS_FUNCTIONS},
}


def deployed(value: Any) -> Any:
    """Return a part of the example as it is deployed."""
    match value:
        case {"Ref": str(name)}:
            return {"ExemptRole": EXEMPT, "Keys": KEYS}[name]
        case {"Fn::If": ["HasKeys", wanted, {"Ref": "AWS::NoValue"}]}:
            return deployed(wanted)
        case {"Fn::Sub": str(text)}:
            return text.replace("${AWS::Partition}", "aws").replace("${StackName}", STACK)
        case dict():
            return {key: deployed(each) for key, each in value.items()}
        case list():
            return [deployed(each) for each in value]
    return value


SOURCE = read_source(ROOT / "docs" / "examples" / "service-control-policy.yaml")
CONTENTS = [
    deployed(SOURCE["Resources"][name]["Properties"]["Content"]) for name in ("KeepContainments", "KeepWatching")
]
STATEMENTS = {statement["Sid"]: statement for content in CONTENTS for statement in content["Statement"]}


def document(*statements: dict[str, Any], name: str = "policy") -> Document:
    """Return statements as the engine reads them."""
    return parse_document_value({"Version": "2012-10-17", "Statement": list(statements)}, name=name)


def organisation(*statements: dict[str, Any]) -> tuple[Document, ...]:
    """Return what an account is held to: everything, but for these statements."""
    return (document(FULL), document(*statements, name="scp"))


ALL = tuple(STATEMENTS.values())


def asked(sid: str, **conditions: dict[str, Any]) -> dict[str, Any]:
    """Return an Allow of what a statement denies, in one account, under conditions."""
    statement = STATEMENTS[sid]
    resources = [one.replace(":iam::*:", f":iam::{ACCOUNT}:") for one in as_list(statement["Resource"])]
    return {"Effect": "Allow", "Action": statement["Action"], "Resource": resources, "Condition": conditions}


@pytest.mark.parametrize("sid", STATEMENTS)
def test_nobody_else_may_do_what_a_statement_denies(sid: str) -> None:
    """An administrator of the account included: of all requests of all other principals none is left."""
    by_others = {"ArnNotLike": {"aws:PrincipalArn": OTHERS[sid]}, **ASKED.get(sid, {})}
    administrator = Grant((document(asked(sid, **by_others)),), (organisation(*ALL),))
    assert check(administrator, Grant(())) == Contained()


@pytest.mark.parametrize("sid", STATEMENTS)
def test_the_policy_without_a_statement_does_not_hold(sid: str) -> None:
    """What it denies is denied by no other."""
    rest = [statement for name, statement in STATEMENTS.items() if name != sid]
    by_others = asked(sid, ArnNotLike={"aws:PrincipalArn": OTHERS[sid]})
    assert isinstance(check(Grant((document(by_others),), (organisation(*rest),)), Grant(())), Escaped)


@pytest.mark.parametrize(("sid", "who"), [(sid, who) for sid, all_ in LET_THROUGH.items() for who in all_])
def test_who_is_let_through_loses_nothing(sid: str, who: str) -> None:
    """The guard contains and undoes; the exempt role deploys it."""
    own = document(asked(sid, ArnLike={"aws:PrincipalArn": who}))
    assert check(Grant((own,)), Grant(organisation(*ALL))) == Contained()


def test_the_remediation_role_keeps_all_that_the_template_gives_it() -> None:
    """Each of its statements, as whoever it is."""
    template = translate()
    grant = grant_of(template, "RemediateRole")
    as_itself = [with_caller(statement, REMEDIATOR) for statement in raw(template)]
    assert check(Grant((document(*as_itself),)), Grant(organisation(*ALL))) == Contained()
    assert check(Grant((document(*as_itself),)), grant) == Contained()


def raw(template: Template) -> list[dict[str, Any]]:
    """Return the Allow statements of the remediation role on guarded roles and on the guard's own policies."""
    statements = of_type(template, "AWS::IAM::Role")["RemediateRole"]["Policies"][0]["PolicyDocument"]["Statement"]
    own = [one for one in statements if one.get("Sid") in {"ContainTheNamedRoles", "KeepOwnBoundaries"}]
    text = json.dumps([{**one, "Resource": deployed(one["Resource"])} for one in own])
    return list(json.loads(text.replace("${AWS::AccountId}", ACCOUNT)))


def with_caller(statement: dict[str, Any], who: str) -> dict[str, Any]:
    """Return a statement of a principal's."""
    return {**statement, "Condition": {"ArnLike": {"aws:PrincipalArn": who}}}


def test_operators_call_through_the_url_as_before() -> None:
    """Whoever they are."""
    through = asked("NobodyCallsPastTheUrl", **THROUGH_THE_URL)
    assert check(Grant((document(through),)), Grant(organisation(*ALL))) == Contained()


def test_mappings_of_other_functions_are_left_to_whoever_has_them() -> None:
    """They have no names, so the statement is on all of them, of the guard's functions."""
    theirs = asked("NobodyEndsItsMappings", ArnNotLike=OF_ITS_FUNCTIONS)
    assert check(Grant((document(theirs),)), Grant(organisation(*ALL))) == Contained()


def test_everything_else_stays_as_it_was() -> None:
    """Every other call, and these calls on everything else, by anybody."""
    denied = {action for statement in ALL for action in as_list(statement["Action"])}
    resources = [resource for statement in ALL for resource in as_list(statement["Resource"])]
    calls = document({"Effect": "Allow", "NotAction": sorted(denied), "Resource": "*"})
    places = document({"Effect": "Allow", "Action": "*", "NotResource": resources})
    assert check(Grant((calls, places)), Grant(organisation(*ALL))) == Contained()


@pytest.mark.parametrize(
    "action", ["iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:GetRole"]
)
def test_what_takes_no_deny_away_is_left_to_the_guard(action: str) -> None:
    """On an enrolled role, by anybody."""
    roles = [one.replace(":iam::*:", f":iam::{ACCOUNT}:") for one in STATEMENTS["ContainmentsStay"]["Resource"]]
    anybody = document({"Effect": "Allow", "Action": action, "Resource": roles})
    assert check(Grant((anybody,)), Grant(organisation(*ALL))) == Contained()


def test_a_wider_exemption_is_found() -> None:
    """One more principal under any of the statements, and something is left to others."""
    for sid in STATEMENTS:
        wide = copy.deepcopy(STATEMENTS)
        exempt = wide[sid]["Condition"]["ArnNotLike"]
        exempt["aws:PrincipalArn"] = [*as_list(exempt["aws:PrincipalArn"]), "arn:aws:iam::*:role/Payroll"]
        others = Grant(
            (document(asked(sid, ArnNotLike={"aws:PrincipalArn": OTHERS[sid]})),), (organisation(*wide.values()),)
        )
        assert isinstance(check(others, Grant(())), Escaped), sid


def test_they_name_the_roles_of_the_profile_and_fit() -> None:
    """Each of the six under both paths; an organisation takes 5,120 characters of each policy."""
    roles = {f"arn:aws:iam::*:role{path}{role.name}" for role in load_profile().roles for path in role.paths}
    assert set(STATEMENTS["ContainmentsStay"]["Resource"]) == roles
    assert [one for one in CONTENTS if len(json.dumps(one, separators=(",", ":"))) > LONGEST] == []
    assert STATEMENTS.keys() == LET_THROUGH.keys()
