"""containment/caller.py, derived.py, parts.py: who calls as one text, and what AWS derives from that."""

import pytest

from panorama_guard.containment import Escaped, Witness
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.caller import (
    EXAMPLES,
    Kind,
    caller_of,
    describe_principal,
    is_caller,
    read_caller,
    told_context,
)
from panorama_guard.containment.caller_fields import FIELDS, keeps_fields
from panorama_guard.containment.callers import likely_callers, named_callers
from panorama_guard.containment.check import check
from panorama_guard.containment.derived import SLOTS, on_callers
from panorama_guard.containment.kleene import Truth
from panorama_guard.containment.meaning import condition_holds
from panorama_guard.containment.own_account import own_account_ceiling
from panorama_guard.containment.resource import resource_grant
from panorama_guard.policy import DocumentError, parse_document
from panorama_guard.policy.condition import CALLER, Condition, Family, parse_condition
from panorama_guard.policy.glob import Glob, parse_glob
from tests.builders import allow, policy

USER = "user:o-abcdefghij:AIDAEXAMPLEEXAMPLE12::arn:aws:iam::111122223333:user/team/alice"
ROLE = "role::AROAEXAMPLEEXAMPLE12:ci:arn:aws:iam::111122223333:role/service-role/App"
ROOT = "root::::arn:aws:iam::111122223333:root"
FEDERATED_USER = "session::::arn:aws:sts::111122223333:federated-user/bob"
SERVICE = "service::::s3.amazonaws.com"
PROVIDER = "federated::::arn:aws:iam::111122223333:saml-provider/corp"
CANONICAL = "canonical::::79a59df900b949e5"
ANONYMOUS = "anonymous::::"
IAM = (USER, ROLE, ROOT, FEDERATED_USER)
ALL = (*IAM, SERVICE, PROVIDER, CANONICAL, ANONYMOUS)


@pytest.mark.parametrize("text", [*ALL, *EXAMPLES])
def test_these_are_callers(text: str) -> None:
    """Each kind has its fields."""
    assert is_caller(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "user",
        "anonymous::::x",
        "service::::",
        "robot::::x",
        ROLE.replace("role::", "role:x:"),  # no organisation's id
        ROLE.replace(":ci:", "::"),  # a role without a session
        USER.replace("AIDA", "AROA"),
        USER.replace("111122223333", "1111"),
        ROOT.replace(":iam:", ":sts:"),
        ROLE.replace("arn:aws:", "arn:other:"),
    ],
)
def test_these_are_none(text: str) -> None:
    """No question is about who cannot be."""
    assert not is_caller(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (USER, "AWS arn:aws:iam::111122223333:user/team/alice"),
        (ROLE, "AWS arn:aws:sts::111122223333:assumed-role/App/ci"),
        (ROLE.replace(":ci:", ":example:"), "AWS arn:aws:iam::111122223333:role/service-role/App"),
        (ROOT, f"AWS {ROOT.removeprefix('root::::')}"),
        (FEDERATED_USER, "AWS arn:aws:sts::111122223333:federated-user/bob"),
        (SERVICE, "Service s3.amazonaws.com"),
        (PROVIDER, "Federated arn:aws:iam::111122223333:saml-provider/corp"),
        (CANONICAL, "CanonicalUser 79a59df900b949e5"),
        (ANONYMOUS, "AWS * (anonymous)"),
    ],
)
def test_a_witness_names_its_principal_as_a_policy_would(text: str, shown: str) -> None:
    """The engine's own key is not told beside it."""
    witness = Witness("s3:GetObject", "arn:aws:s3:::b/x", ((CALLER, (text,)), ("aws:SourceIp", ("192.0.2.1",))))
    assert describe_principal(witness) == shown
    assert told_context(witness) == (("aws:SourceIp", ("192.0.2.1",)),)
    caller = caller_of(witness)
    assert caller is not None
    assert caller == read_caller(text)


def test_a_witness_of_nobody_in_particular_names_nobody() -> None:
    """Identity policies do not ask who calls."""
    witness = Witness("s3:GetObject", "arn:aws:s3:::b/x")
    assert caller_of(witness) is None
    assert describe_principal(witness) == ""


def test_what_aws_derives_from_a_caller_is_told() -> None:
    """Keys for a simulation, say."""
    keys = read_caller(ROLE).keys
    assert keys["aws:userid"] == "AROAEXAMPLEEXAMPLE12:ci"
    assert keys["aws:principalarn"] == "arn:aws:iam::111122223333:role/service-role/App"
    assert "aws:username" not in keys
    assert read_caller(USER).keys["aws:username"] == "alice"
    assert read_caller(FEDERATED_USER).keys["aws:userid"] == "111122223333:bob"
    assert read_caller(SERVICE).keys == {
        "aws:principalisawsservice": "true",
        "aws:principalservicename": "s3.amazonaws.com",
    }
    assert read_caller(ANONYMOUS).keys == {"aws:principaltype": "Anonymous", "aws:userid": "anonymous"}


@pytest.mark.parametrize(("operator", "key"), [("CallerLike", "aws:userid"), ("StringEquals", "Principal")])
@pytest.mark.parametrize("prefix", ["", "ForAllValues:"])
def test_no_policy_can_write_what_the_engine_asks(operator: str, key: str, prefix: str) -> None:
    """Neither its operators nor its key."""
    with pytest.raises(DocumentError, match="no condition that a policy can have"):
        parse_condition(prefix + operator, key, ("x",), variables=True)


def truths(operator: str, key: str, *values: str, aliases: bool = True) -> dict[str, Truth]:
    """Return for each caller whether a condition surely holds, surely does not, or neither."""
    meant = on_callers(parse_condition(operator, key, values, variables=True), aliases=aliases)
    found: dict[str, Truth] = {}
    for text in ALL:
        surely, perhaps = (condition_holds(item, {CALLER: (text,)}) for item in (meant.surely, meant.perhaps))
        assert not surely or perhaps
        found[text] = True if surely else None if perhaps else False
    return found


def those(found: dict[str, Truth], answer: Truth) -> set[Kind]:
    """Return the kinds of the callers with an answer."""
    return {read_caller(text).kind for text, truth in found.items() if truth is answer}


EVERY_IAM = "user role root session"
UNSAID = "canonical service federated"  # of whom AWS does not say what the key is
HELD = [
    ("StringEquals aws:PrincipalAccount 111122223333", EVERY_IAM, "canonical"),
    ("StringLike aws:PrincipalAccount 11*", EVERY_IAM, UNSAID),
    ("StringEquals aws:PrincipalAccount anonymous", "anonymous", UNSAID),
    ("StringEquals aws:PrincipalAccount 1:2", "", UNSAID),
    ("StringNotEquals aws:PrincipalAccount 111122223333", "anonymous service federated", "canonical"),
    ("StringEqualsIfExists aws:PrincipalAccount 111122223333", EVERY_IAM, UNSAID),
    ("NumericEquals aws:PrincipalAccount 111122223333", "", f"{EVERY_IAM} canonical"),
    ("ArnLike aws:PrincipalArn arn:aws:iam::*:role/*", "role", UNSAID),
    ("ArnLike aws:PrincipalArn arn:aws:iam::111122223333:role/*", "role", "canonical"),
    ("ArnLike aws:PrincipalArn arn:aws*", "", f"{EVERY_IAM} {UNSAID}"),
    ("ArnLike aws:PrincipalArn *", EVERY_IAM, UNSAID),
    ("StringLike aws:PrincipalArn *App", "role", UNSAID),
    ("StringNotLike aws:PrincipalArn arn:aws:iam::111122223333:*", "anonymous session service federated", "canonical"),
    ("Null aws:PrincipalArn true", "anonymous", UNSAID),
    ("ForAllValues:StringEquals aws:PrincipalArn x", "anonymous", UNSAID),
    ("StringEquals aws:PrincipalOrgID o-abcdefghij", "user", "canonical"),
    ("StringLike aws:PrincipalOrgID *", "user", "canonical"),
    ("Null aws:PrincipalOrgID true", "role root session service federated anonymous", "canonical"),
    ("StringEquals aws:PrincipalType AssumedRole", "role", UNSAID),
    ("StringLike aws:userid AROAEXAMPLEEXAMPLE12:*", "role", "canonical"),
    ("StringLike aws:userid AROAEXAMPLEEXAMPLE12*", "role", UNSAID),
    ("StringLike aws:userid *:bob", "session", UNSAID),
    ("StringEquals aws:userid 111122223333", "root", "canonical"),
    ("StringEquals aws:userid a:b:c", "", UNSAID),
    ("StringEquals aws:username alice", "user", UNSAID),
    ("StringEquals aws:username team/alice", "", UNSAID),
    ("ArnLike aws:username alice", "", f"user {UNSAID}"),
    ("ArnEquals aws:userid 111122223333", "", f"{EVERY_IAM} anonymous canonical"),
    ("StringLike aws:username al*", "", f"user {UNSAID}"),
    ("StringEqualsIgnoreCase aws:username ALICE", "", f"user {UNSAID}"),
    ("Bool aws:PrincipalIsAWSService true", "service", "canonical"),
    ("Bool aws:PrincipalIsAWSService false", EVERY_IAM, "canonical federated"),
    ("BoolIfExists aws:PrincipalIsAWSService false", f"{EVERY_IAM} federated anonymous", "canonical"),
    ("StringEquals aws:PrincipalServiceName s3.amazonaws.com", "service", "canonical"),
    ("StringNotEquals aws:PrincipalServiceName s3.amazonaws.com", f"{EVERY_IAM} federated anonymous", "canonical"),
    ("StringEquals kms:CallerAccount 111122223333", EVERY_IAM, "canonical"),
]


@pytest.mark.parametrize(("condition", "hold", "open_for"), HELD)
def test_conditions_on_derived_keys_hold_for_whom_aws_says(condition: str, hold: str, open_for: str) -> None:
    """Surely, and perhaps where AWS does not say."""
    found = truths(*condition.split(" "))
    assert those(found, True) == set(map(Kind, hold.split()))
    assert those(found, None) == set(map(Kind, open_for.split()))


@pytest.mark.parametrize("key", sorted(SLOTS))
@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "StringNotEqualsIfExists", "Null"])
def test_without_aliases_who_is_known_by_a_canonical_id_alone_is_left_out(operator: str, key: str) -> None:
    """An Allow of everybody reaches him by his ARN."""
    assert truths(operator, key, "true", aliases=False)[CANONICAL] is False


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("user:*:*:*:arn:aws:iam::*:user/alice", "arn:aws:iam::999999999999:user/alice"),
        ("user:*:*:*:arn:aws:iam::*:user/a:b", "arn:aws:iam::999999999999:user/a:b"),
        ("service:*:*:*:iot*", "iotexample"),
    ],
)
def test_what_a_pattern_of_callers_leaves_open_is_filled_as_aws_writes_it(pattern: str, name: str) -> None:
    """An ARN field by field, whatever its last one has in it."""
    named = Condition("CallerLike", CALLER, (Glob(pattern),))
    assert next(iter(named_callers([named]))).name == name


@pytest.mark.parametrize("pattern", ["user:*:${k}:*:*", "user:${k}:*:*:*", "role:*:${k}:*"])
def test_a_variable_may_be_what_its_field_is(pattern: str) -> None:
    """Any value, so that it may be an id and the session behind it; of which nobody can tell anything, no colon."""
    glob = parse_glob(pattern, variables=True)
    assert keeps_fields(glob, Family.CALLER, lambda field: field)
    assert keeps_fields(glob, Family.CALLER, lambda _: None) is (glob.count(":") == FIELDS)


def test_many_wide_patterns_of_callers_are_paid_for_before_they_are_read() -> None:
    """A machine that is too wide is not built, and one that is wide reads only as many callers as are paid for."""
    wide = (Condition("CallerLike", CALLER, tuple(Glob(f"user:*:*{n}*a*b*c*:*:*") for n in range(80))),)
    nothing, little, much = Budget(10), Budget(650), Budget(10_000)
    read = [len(list(likely_callers(wide, budget))) for budget in (nothing, little, much)]
    assert read[0] == 0
    assert 0 < read[1] < read[2]
    assert min(budget.left for budget in (nothing, little, much)) >= 0


def test_of_more_patterns_than_a_machine_reads_a_few_callers_are_asked() -> None:
    """Two whom the patterns name, then the strangers, each as the definition says; who cannot be paid for is not."""
    globs = tuple(Glob(f"user:*:AIDA{number:04}0EXAMPLE0ID{'*' * (number % 2)}:*:*") for number in range(400))
    many = (Condition("CallerLike", CALLER, globs),)
    budget, poor = Budget(3_000), Budget(300)
    cells = list(likely_callers(many, budget))
    assert [cell.holds for cell in cells[:3]] == [1, 1, 0]
    assert all(cell.values and bool(cell.holds) is condition_holds(many[0], {CALLER: cell.values}) for cell in cells)
    assert list(likely_callers(many, poor)) == []
    assert min(budget.left, poor.left) >= 0


def test_a_bucket_policy_of_nothing_but_ids_is_decided() -> None:
    """Hundreds of patterns of aws:userid, as many as a policy can have: one of them is a stranger's."""
    listed = [f"AROA{number:04}EXAMPLEID*:*a{number}*" for number in range(400)]
    grant = resource_grant(
        parse_document(
            policy(allow("s3:GetObject", "*", Principal="*", Condition={"StringLike": {"aws:userid": listed}})),
            name="p",
        )
    )
    assert isinstance(check(grant, own_account_ceiling(account="111122223333")), Escaped)
