"""What is around a role is shown by the command that reads it, and where the role stands in the console."""

import shlex
from dataclasses import replace

import pytest

from panorama_guard.case import role_use
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, State
from panorama_guard.reporting.security_hub import security_finding
from panorama_guard.reporting.showing import by_hand, console_link, see_it
from tests.builders import ACCOUNT, CUSTOMER_ARN, INCIDENT

NAME = "AWSPanoramaServiceRole"
OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example.com"
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/Partner"


def around(source: str) -> Incident:
    """Return an incident about what is around a role."""
    subject = replace(INCIDENT.subject, name=role_use.key_of(NAME))
    return replace(INCIDENT, subject=subject, kind=Kind.WEAKNESS, source=source, state=State.OBSERVED)


@pytest.mark.parametrize(
    ("source", "command"),
    [
        (role_use.PROFILES, f"aws iam list-instance-profiles-for-role --role-name {NAME}"),
        (role_use.MADE_AGAIN, f"aws iam get-role --role-name {NAME}"),
        (role_use.LEFTOVER, f"aws iam get-role --role-name {NAME}"),
        (
            role_use.version_part(CUSTOMER_ARN, "v3"),
            f"aws iam get-policy-version --policy-arn {CUSTOMER_ARN} --version-id v3",
        ),
        (role_use.provider_part(SAML), f"aws iam get-saml-provider --saml-provider-arn {SAML}"),
        (
            role_use.provider_part(OIDC),
            f"aws iam get-open-id-connect-provider --open-id-connect-provider-arn {OIDC}",
        ),
    ],
)
def test_each_finding_has_the_command_that_shows_it(source: str, command: str) -> None:
    """And none that ends it: that is the owner's."""
    assert see_it(around(source)) == command
    assert by_hand(around(source)) == ()


def test_what_an_attacker_chose_stays_one_word_of_the_command() -> None:
    """A trust names any provider."""
    odd = f"{OIDC}'; rm -rf $(pwd)"
    assert shlex.split(see_it(around(role_use.provider_part(odd))))[-1] == odd


def test_the_role_is_opened_in_the_console_and_told_to_security_hub_as_a_role() -> None:
    """By its own name, not by the key of the record."""
    incident = around(role_use.PROFILES)
    assert console_link(incident).endswith(f"/roles/details/{NAME}")
    finding = security_finding(incident, "arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default")
    assert finding["Resources"][0]["Type"] == "AwsIamRole"  # type: ignore[index]
