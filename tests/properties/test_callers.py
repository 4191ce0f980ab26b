"""Who calls, decided by the engine, against an evaluator that shares nothing with it."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panorama_guard.containment import Contained, Escaped, Grant, Reading, Request, Undecided, Witness
from panorama_guard.containment.caller import caller_of, is_caller, told_context
from panorama_guard.containment.check import check
from panorama_guard.containment.evaluate import decide_request
from panorama_guard.containment.resource import resource_grant
from panorama_guard.policy import parse_document_value
from panorama_guard.policy.condition import CALLER
from tests.properties.callers import Person, allows

ACCOUNTS = ("111111111111", "222222222222")
NAMES = ("app", "a", "ab")
ROLE_IDS, USER_IDS = ("AROAAAAAAAAAAAAAAAAA", "AROABBBBBBBBBBBBBBBB"), ("AIDAAAAAAAAAAAAAAAAA", "AIDABBBBBBBBBBBBBBBB")
PATHS = ("/", "/x/", "/a/b/", "/a:111111111111:role/")
account, name, session = st.sampled_from(ACCOUNTS), st.sampled_from(NAMES), st.sampled_from(("s", "app"))
organisation = st.sampled_from(("", "o-one1", "o-two2"))
path = st.sampled_from(PATHS)
PEOPLE = st.one_of(
    st.builds(
        Person,
        st.just("user"),
        account,
        path,
        name,
        unique_id=st.sampled_from(USER_IDS),
        organisation=organisation,
    ),
    st.builds(
        Person, st.just("role"), account, path, name, session, st.sampled_from(ROLE_IDS), organisation=organisation
    ),
    st.builds(Person, st.just("root"), account, organisation=organisation),
    st.builds(Person, st.just("session"), account, name=name, organisation=organisation),
    st.just(Person("anonymous")),
)
AWS = st.one_of(
    account,
    account.map(lambda number: f"arn:aws:iam::{number}:root"),
    st.builds(lambda number, where, who: f"arn:aws:iam::{number}:user{where}{who}", account, path, name),
    st.builds(lambda number, where, who: f"arn:aws:iam::{number}:role{where}{who}", account, path, name),
    st.builds(lambda number, who, how: f"arn:aws:sts::{number}:assumed-role/{who}/{how}", account, name, session),
    st.builds(lambda number, who: f"arn:aws:sts::{number}:federated-user/{who}", account, name),
    st.sampled_from((*ROLE_IDS, *USER_IDS)),
)
SERVICES = ("s3.amazonaws.com", "sns.amazonaws.com")
NAMED_SERVICES = st.lists(st.sampled_from(SERVICES), min_size=1, max_size=2).map(lambda names: {"Service": names})
PRINCIPALS = st.one_of(
    NAMED_SERVICES, st.just("*"), st.just({"AWS": "*"}), st.lists(AWS, min_size=1, max_size=2).map(lambda a: {"AWS": a})
)
TEXTS: dict[str, tuple[str, ...]] = {
    "aws:PrincipalAccount": (*ACCOUNTS, "anonymous", "1*", "?22222222222", "*", "${k:raw}"),
    "aws:PrincipalArn": (
        "arn:aws:iam::111111111111:role/app",
        "arn:aws:iam::111111111111:role/*",
        "arn:aws:iam::*:role/a?",
        "arn:aws:*::222222222222:*",
        "arn:*:*:*:*:*app",
        "arn:aws:iam::111111111111:root",
        "arn:aws:iam:*111111111111:role/app",
        "*",
    ),
    "aws:PrincipalOrgID": ("o-one1", "o-two2", "o-*", "*", "${k:raw}"),
    "aws:PrincipalType": ("User", "AssumedRole", "Account", "FederatedUser", "Anonymous", "A*"),
    "aws:PrincipalIsAWSService": ("true", "false"),
    "aws:userid": (
        ROLE_IDS[0],
        f"{ROLE_IDS[0]}:*",
        f"{ROLE_IDS[0]}*",
        "*:app",
        "*app",
        USER_IDS[1],
        "111111111111",
        "111111111111:a*",
        "A*",
        "anonymous",
        "?*:s",
        "*",
        "${k:raw}",
        "${k:raw}:s",
    ),
    "aws:username": ("app", "a", "*", "${k:raw}"),
    "k:raw": ("a", "b", "${aws:userid}", "${aws:PrincipalAccount}"),
}
STRINGS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
FORMS = ("{}", "{}IfExists", "ForAnyValue:{}", "ForAllValues:{}")
OPERATORS = tuple(form.format(base) for base in STRINGS for form in FORMS)


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """Draw the Condition element of a statement."""
    found: dict[str, dict[str, Any]] = {}
    for key in draw(st.lists(st.sampled_from(sorted(TEXTS)), max_size=2, unique=True)):
        if key == "aws:PrincipalIsAWSService":
            operator = draw(st.sampled_from(("Bool", "BoolIfExists", "Null", "StringEquals")))
        elif key == "aws:PrincipalArn":
            operator = draw(st.sampled_from((*OPERATORS, "ArnLike", "ArnNotLike", "ArnLikeIfExists", "Null")))
        else:
            operator = draw(st.sampled_from((*OPERATORS, "Null")))
        texts = [text for text in TEXTS[key] if "Arn" not in operator or text.count(":") >= 5]
        wanted = st.lists(st.sampled_from(texts), min_size=1, max_size=2, unique=True)
        found.setdefault(operator, {})[key] = draw(st.sampled_from(("true", "false")) if operator == "Null" else wanted)
    return found


VARIABLE = tuple(f"arn:aws:s3:::b/${{{key}}}" for key in ("aws:username", "aws:PrincipalAccount", "aws:userid"))
STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(("Allow", "Allow", "Deny")),
        "Principal": PRINCIPALS,
        "Action": st.sampled_from(("s3:*", "s3:Get", ["s3:Get", "s3:Put"])),
        "Resource": st.sampled_from(("*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x*", *VARIABLE)),
        "Condition": conditions(),
    }
)
DOCUMENTS = st.lists(STATEMENTS, min_size=1, max_size=3).map(
    lambda statements: {"Version": "2012-10-17", "Statement": statements}
)
RAW = ("a", "b", "app", "o-one1", ACCOUNTS[0], USER_IDS[0], ROLE_IDS[0], f"{ROLE_IDS[0]}:s", f"{ACCOUNTS[1]}:app")
REQUESTS = st.tuples(
    st.sampled_from(("s3:Get", "s3:Put", "s3:Other")),
    st.sampled_from(
        (*(f"arn:aws:s3:::b/{name}" for name in ("x", "y", "app", ACCOUNTS[0], USER_IDS[0])), "arn:aws:s3:::c")
    ),
    st.sampled_from(({}, *({"k:raw": text} for text in RAW))),
)


def grant_of(document: dict[str, Any]) -> Grant:
    """Return the grant of a drawn document."""
    return resource_grant(parse_document_value(document, name="drawn"))


def person_of(witness: Witness) -> Person:
    """Return the caller of a witness as the plain evaluator has people."""
    caller = caller_of(witness)
    assert caller is not None
    where, _, who = caller.name.rpartition("/")
    folders = "/" + "".join(f"{part}/" for part in where.split("/")[1:])
    partition = caller.name.split(":")[1] if caller.account else "aws"
    return Person(
        caller.kind.value,
        caller.account,
        folders,
        who,
        caller.session,
        caller.unique_id,
        caller.organisation,
        partition,
    )


@settings(max_examples=400)
@given(DOCUMENTS, PEOPLE, REQUESTS)
def test_a_translated_document_means_what_its_policy_says(
    document: dict[str, Any], person: Person, request: tuple[str, str, dict[str, str]]
) -> None:
    """One request, one answer, the same as the plain evaluator's, for every kind of IAM principal and for nobody."""
    action, resource, context = request
    assert is_caller(person.text)
    told = (*((key, (value,)) for key, value in {**context, **person.keys}.items()), (CALLER, (person.text,)))
    answer = decide_request(grant_of(document), Request(action, resource, told), Reading.CROSSING)
    is_open = answer is None and "${k:raw}" in str(document)  # of nobody's own parts a variable's value is not followed
    assert is_open or answer is allows(document, person, action, resource, context)


# What AWS does not say of a service: whether these keys are sent, and if so, as what.
UNSAID = {
    "aws:PrincipalArn": ("", "arn:aws:internal:::x"),
    "aws:PrincipalAccount": ("", "internal"),
    "aws:PrincipalType": ("", "User", "Service"),
    "aws:userid": ("", "internal"),
}


@settings(max_examples=200)
@given(DOCUMENTS, st.sampled_from(SERVICES), REQUESTS)
def test_of_a_service_only_that_is_decided_which_holds_whatever_aws_does_not_say(
    document: dict[str, Any], name: str, request: tuple[str, str, dict[str, str]]
) -> None:
    """A certain answer is the plain evaluator's, for each value that its keys may have."""
    action, resource, context = request
    service = Person("service", name=name)
    told = (*((key, (value,)) for key, value in context.items()), (CALLER, (service.text,)))
    answer = decide_request(grant_of(document), Request(action, resource, told), Reading.CROSSING)
    unsaid = (dict(zip(UNSAID, values, strict=True)) for values in product(*UNSAID.values()))
    possible = ({**context, **{key: value for key, value in keys.items() if value}} for keys in unsaid)
    answers = {allows(document, service, action, resource, keys) for keys in possible}
    assert answer is None or "${" in str(document) or answers == {answer}


FEW = (
    *(
        Person("role", number, "/", who, how, one, organisation=member)
        for number, who, how, one, member in product(ACCOUNTS, NAMES[:2], ("s", "app"), ROLE_IDS, ("", "o-one1"))
    ),
    *(Person("user", number, "/", "app", unique_id=one) for number, one in product(ACCOUNTS, USER_IDS)),
    *(
        Person(kind, number, name="" if kind == "root" else "app")
        for kind, number in product(("root", "session"), ACCOUNTS)
    ),
    Person("anonymous"),
)
ASKED = tuple(
    ("s3:Get", f"arn:aws:s3:::b/{name}", context)
    for name, context in product(("x", "app", USER_IDS[0]), ({}, *({"k:raw": text} for text in RAW)))
)
SAMPLES = st.lists(st.tuples(PEOPLE, REQUESTS), min_size=30, max_size=60)


@settings(max_examples=40)
@given(DOCUMENTS, DOCUMENTS, st.data())
def test_containment_agrees_with_plain_evaluation(
    inner: dict[str, Any], outer: dict[str, Any], data: st.DataObject
) -> None:
    """Contained: nobody who was drawn is let in by the first document alone. Escaped: the witness is, as itself."""
    verdict = check(grant_of(inner), grant_of(outer))
    match verdict:
        case Contained():
            for person, request in (*data.draw(SAMPLES), *product(FEW, ASKED)):
                assert not allows(inner, person, *request) or allows(outer, person, *request)
        case Escaped(witness):
            caller = caller_of(witness)
            assert caller is not None
            context = {key: values[0] if len(values) == 1 else values for key, values in told_context(witness)}
            if caller.account or caller.kind.value == "anonymous":
                keys = {key.lower(): value for key, value in person_of(witness).keys.items()}
                assert all(keys[key] == value for key, value in context.items() if key != "k:raw")
                asked = (person_of(witness), witness.action, witness.resource, context)
                assert allows(inner, *asked)
                assert not allows(outer, *asked)
        case Undecided():
            pass


HOME = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNTS[0]}, "Action": "*", "Resource": "*"}],
}


ABROAD = (
    f"arn:aws:iam::{ACCOUNTS[1]}:role/app",
    f"arn:aws:iam::{ACCOUNTS[1]}:user/app",
    f"arn:aws:sts::{ACCOUNTS[1]}:assumed-role/app/s",
    ROLE_IDS[0],
    USER_IDS[0],
    "*",
)
OPENED = ("aws:userid", "aws:PrincipalAccount", "aws:PrincipalOrgID", "k:raw")


@pytest.mark.parametrize("key", OPENED)
@pytest.mark.parametrize("principal", ABROAD)
def test_no_stranger_is_let_in_by_a_variable(principal: str, key: str) -> None:
    """Whatever of the small world it is in his request, and whatever else stands beside it."""
    value = next(text for text in TEXTS[key] if "${" in text)
    for operator, resource in product(("StringEquals", "StringNotLike"), ("arn:aws:s3:::b/*", VARIABLE[2])):
        one = {"Effect": "Allow", "Action": "s3:*", "Resource": resource, "Condition": {operator: {key: value}}}
        document = {"Version": "2012-10-17", "Statement": [{**one, "Principal": {"AWS": principal}}]}
        if check(grant_of(document), grant_of(HOME)) == Contained():
            strangers = [person for person in FEW if person.account != ACCOUNTS[0]]
            assert not [(who, asked) for who, asked in product(strangers, ASKED) if allows(document, who, *asked)]


def test_a_witness_of_several_values_is_replayed_with_all_of_them() -> None:
    """Of `b` and another: one is not `b`, and not all are."""
    one = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    some = {"Statement": [{**one, "Condition": {"ForAnyValue:StringNotEquals": {"k:raw": ["b"]}}}]}
    every = {"Statement": [{**one, "Condition": {"ForAllValues:StringNotEquals": {"k:raw": ["b"]}}}]}
    asked = (Person("anonymous"), "s3:Get", "arn:aws:s3:::b/x", {"k:raw": ("b", "c")})
    assert [allows(document, *asked) for document in (some, every)] == [True, False]


@settings(max_examples=60)
@given(DOCUMENTS)
def test_every_resource_document_contains_itself(document: dict[str, Any]) -> None:
    """Whatever of it is not known is the same on both sides."""
    assert check(grant_of(document), grant_of(document)) == Contained()


def test_a_wildcard_in_a_value_is_a_character() -> None:
    """To the plain evaluation as to the engine."""
    person = Person("user", ACCOUNTS[0], "/", "*", unique_id=USER_IDS[0])
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:username}"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    assert [allows(document, person, "s3:Get", f"arn:aws:s3:::b/{name}", {}) for name in ("*", "x")] == [True, False]
