"""Whom a call was done to is read from where that call says it, and only in a form that IAM accepts."""

import pytest

from panorama_guard.case.routes import Route
from panorama_guard.case.subject import (
    PolicyNamed,
    ResourceNamed,
    ResourcesBehind,
    RoleNamed,
    ServiceNamed,
    read_subjects,
)

ROLE = "AWSPanoramaServiceRole"
POLICY = "arn:aws:iam::111122223333:policy/service/panorama-extra"


@pytest.mark.parametrize("route", [Route.ROLE, Route.INSTANCE_PROFILE])
def test_a_role_is_named_in_the_request(route: Route) -> None:
    """The role name of the request is the subject, as it was written."""
    detail = {"requestParameters": {"roleName": ROLE.lower()}, "responseElements": None}
    assert read_subjects(route, detail) == (RoleNamed(ROLE.lower()),)


def test_a_role_is_named_in_the_response_alone() -> None:
    """AcquireRole says only in its response which role it made."""
    detail = {"requestParameters": {"templateArn": "x"}, "responseElements": {"role": {"roleName": ROLE}}}
    assert read_subjects(Route.ROLE, detail) == (RoleNamed(ROLE),)


def test_a_role_named_twice_is_one_subject() -> None:
    """CreateRole names the role in request and response; it is one subject."""
    detail = {"requestParameters": {"roleName": ROLE}, "responseElements": {"role": {"roleName": ROLE}}}
    assert read_subjects(Route.ROLE, detail) == (RoleNamed(ROLE),)


def test_two_names_are_two_subjects() -> None:
    """If request and response disagree, both are looked at."""
    detail = {"requestParameters": {"roleName": "one"}, "responseElements": {"role": {"roleName": "two"}}}
    assert read_subjects(Route.ROLE, detail) == (RoleNamed("one"), RoleNamed("two"))


def test_a_policy_is_named_in_the_request() -> None:
    """The calls on policy versions carry the ARN of the policy."""
    assert read_subjects(Route.POLICY, {"requestParameters": {"policyArn": POLICY}}) == (PolicyNamed(POLICY),)


def test_a_new_policy_is_named_in_the_response() -> None:
    """CreatePolicy gives the ARN in its response."""
    detail = {"requestParameters": {"policyName": "panorama-extra"}, "responseElements": {"policy": {"arn": POLICY}}}
    assert read_subjects(Route.POLICY, detail) == (PolicyNamed(POLICY),)


def test_a_service_linked_role_is_named_before_its_service() -> None:
    """The role of the response says more than the service of the request."""
    detail = {
        "requestParameters": {"aWSServiceName": "panorama.amazonaws.com"},
        "responseElements": {"role": {"roleName": "AWSServiceRoleForAWSPanorama"}},
    }
    assert read_subjects(Route.SERVICE_LINKED, detail) == (RoleNamed("AWSServiceRoleForAWSPanorama"),)


def test_a_service_stands_for_its_role() -> None:
    """Without a response, the service principal says whose role it is."""
    detail = {"requestParameters": {"aWSServiceName": "panorama.amazonaws.com"}, "responseElements": None}
    assert read_subjects(Route.SERVICE_LINKED, detail) == (ServiceNamed("panorama.amazonaws.com"),)


def test_an_account_wide_call_has_no_subject() -> None:
    """A call that concerns the account names nobody, whatever it carries."""
    assert read_subjects(Route.ACCOUNT, {"requestParameters": {"roleName": ROLE}}) == ()


@pytest.mark.parametrize(
    "name", ["", "*", "a/b", "A" * 65, "HIDDEN_DUE_TO_SECURITY_REASONS", "line\nbreak", "rôle", 7, None, [ROLE], {}]
)
def test_what_cannot_be_a_role_name_is_no_subject(name: object) -> None:
    """A value that IAM would refuse as a role name is not taken for one."""
    assert read_subjects(Route.ROLE, {"requestParameters": {"roleName": name}}) == ()


@pytest.mark.parametrize(
    "arn", ["", "arn:aws:iam::1111", "arn:aws:iot:us-east-1:111122223333:policy/x", POLICY + "\n", POLICY * 60, 7]
)
def test_what_cannot_be_a_policy_arn_is_no_subject(arn: object) -> None:
    """A value that is no ARN of a managed policy is not taken for one."""
    assert read_subjects(Route.POLICY, {"requestParameters": {"policyArn": arn}}) == ()


@pytest.mark.parametrize("parameters", [None, "text", [], 7, {}])
def test_parameters_of_any_shape_are_survived(parameters: object) -> None:
    """Request parameters that are not an object name nobody."""
    assert read_subjects(Route.ROLE, {"requestParameters": parameters, "responseElements": parameters}) == ()


@pytest.mark.parametrize(
    "written",
    [
        "panorama-detector",
        "panorama-detector:prod",
        "panorama-detector:$LATEST",
        "function:panorama-detector",
        "111122223333:function:panorama-detector",
        "111122223333:panorama-detector:7",
        "arn:aws:lambda:us-east-1:111122223333:function:panorama-detector",
        "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:panorama-detector:prod",
    ],
)
def test_a_function_is_named_in_every_form_that_lambda_takes(written: str) -> None:
    """Whole or in part, with or without a version or an alias."""
    for parameter in ("functionName", "resourceArn"):
        detail = {"requestParameters": {parameter: written}}
        assert read_subjects(Route.FUNCTION, detail) == (ResourceNamed("lambda-function:panorama-detector"),)


def test_a_call_on_a_mapping_names_its_function_in_the_response() -> None:
    """The request has the mapping's id alone."""
    arn = "arn:aws:lambda:us-east-1:111122223333:function:panorama-detector"
    detail = {"requestParameters": {"uUID": "x"}, "responseElements": {"functionArn": arn}}
    assert read_subjects(Route.FUNCTION, detail) == (ResourceNamed("lambda-function:panorama-detector"),)


def test_a_function_s_role_is_looked_at_whatever_the_function_is_called() -> None:
    """It may be a guarded one."""
    detail = {"requestParameters": {"functionName": "payroll"}}
    keys = ("lambda-function:payroll", "lambda-runner:payroll")
    assert read_subjects(Route.FUNCTION_ROLE, detail) == tuple(map(ResourceNamed, keys))


@pytest.mark.parametrize("written", ["panorama/detector", "", "x" * 65, "a b", 7, None])
def test_what_lambda_would_not_take_for_a_name_names_nothing(written: object) -> None:
    """It leads to a sweep."""
    assert read_subjects(Route.FUNCTION, {"requestParameters": {"functionName": written}}) == ()


ARN_BEGINS = "arn:aws:secretsmanager:us-east-1:111122223333:secret:"


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("panorama-camera", ("panorama-camera",)),
        ("panorama/camera+1=x.y@z", ("panorama/camera+1=x.y@z",)),
        (f"{ARN_BEGINS}panorama-camera-1-a1B2c3", ("panorama-camera-1", "panorama-camera-1-a1B2c3")),
        (f"{ARN_BEGINS}panorama-camera", ("panorama", "panorama-camera")),
        (f"{ARN_BEGINS}panorama/x", ("panorama/x",)),
    ],
)
def test_a_secret_is_named_by_its_name_or_its_arn(written: str, names: tuple[str, ...]) -> None:
    """Of an ARN nobody can tell whether the six characters at its end are its own or the name's: both are looked at."""
    expected = tuple(ResourceNamed(f"secret:{name}") for name in names)
    assert read_subjects(Route.SECRET, {"requestParameters": {"secretId": written}}) == expected


def test_a_new_secret_is_named_by_its_name() -> None:
    """CreateSecret has no other parameter for it."""
    assert read_subjects(Route.SECRET, {"requestParameters": {"name": "panorama-x"}}) == (
        ResourceNamed("secret:panorama-x"),
    )


@pytest.mark.parametrize("written", ["", "panorama camera", f"{ARN_BEGINS}a:b", "arn:aws:s3:::panorama", 7])
def test_what_no_secret_can_be_called_is_no_subject(written: object) -> None:
    """So the call does not say whom it was done to, and everything is looked at."""
    assert read_subjects(Route.SECRET, {"requestParameters": {"secretId": written}}) == ()


GROUP_ARN = "arn:aws:logs:us-east-1:111122223333:log-group:/aws/panorama/x"
EVERY_LOG_GROUP = (ResourcesBehind("log-account:"),)


@pytest.mark.parametrize("place", ["logGroupName", "logGroupIdentifier", "resourceIdentifier", "resourceArn"])
@pytest.mark.parametrize("written", ["/aws/panorama/x", GROUP_ARN, f"{GROUP_ARN}:*"])
@pytest.mark.parametrize("route", [Route.LOG_GROUP, Route.LOG_POLICY])
def test_a_log_group_is_named_by_its_name_or_its_arn(route: Route, place: str, written: str) -> None:
    """Each call has its own parameter for it."""
    expected = (ResourceNamed("log-group:/aws/panorama/x"),)
    assert read_subjects(route, {"requestParameters": {place: written}}) == expected


def test_what_the_account_says_of_log_groups_concerns_each_of_them() -> None:
    """A resource policy that is put on no log group too."""
    detail = {"requestParameters": {"policyName": "all"}}
    assert read_subjects(Route.EVERY_LOG_GROUP, detail) == EVERY_LOG_GROUP
    assert read_subjects(Route.LOG_POLICY, detail) == EVERY_LOG_GROUP


@pytest.mark.parametrize("written", ["", "/aws/panorama x", "arn:aws:logs:us-east-1:111122223333:query-result:*", 7])
def test_what_no_log_group_can_be_called_is_no_subject(written: object) -> None:
    """So the call does not say whom it was done to, and everything is looked at."""
    assert read_subjects(Route.LOG_GROUP, {"requestParameters": {"resourceIdentifier": written}}) == ()


@pytest.mark.parametrize(
    ("name", "parameters", "is_waiting"),
    [
        ("CreatePolicyVersion", {}, True),
        ("CreatePolicyVersion", {"setAsDefault": False}, True),
        ("CreatePolicyVersion", {"setAsDefault": True}, False),
        ("DeletePolicyVersion", {"versionId": "v2"}, True),
        ("SetDefaultPolicyVersion", {"versionId": "v2"}, False),
    ],
)
def test_a_version_that_is_not_in_force_concerns_what_is_around_the_roles_of_its_policy(
    name: str, parameters: dict[str, object], *, is_waiting: bool
) -> None:
    """Beside the policy itself; one that is in force is judged with the role."""
    detail = {"eventName": name, "requestParameters": {"policyArn": POLICY, **parameters}}
    around = (ResourcesBehind(f"iam-policy:{POLICY}"),) if is_waiting else ()
    assert read_subjects(Route.POLICY, detail) == (PolicyNamed(POLICY), *around)


def test_an_identity_provider_concerns_every_role_that_is_named() -> None:
    """The call does not say which of them trust it."""
    assert read_subjects(Route.PROVIDER, {"requestParameters": None}) == (ResourcesBehind("iam-provider:"),)
