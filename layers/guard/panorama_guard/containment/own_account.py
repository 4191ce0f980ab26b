"""The ceiling of a resource's policy: its own account, and whom the operator states.

Each statement is one way of being inside, and each entails it by itself:

the caller is of the account       by Principal, aws:PrincipalAccount, aws:PrincipalArn or kms:CallerAccount
AWS acts for the account           aws:SourceAccount, aws:SourceArn with the account in it, or SNS's aws:SourceOwner:
                                   only AWS services send these, whatever service it is
the caller is stated               by ARN, account, unique id, canonical user id, service
the caller is of the organisation  aws:PrincipalOrgID, aws:PrincipalOrgPaths; or AWS acts for it: aws:SourceOrgID,
                                   aws:SourceOrgPaths
nobody                             aws:ResourceAccount, s3:ResourceAccount of another account: it is of this one

Not entailed by: aws:SourceArn of a bucket (its ARN has no account), a network (aws:SourceVpce, aws:SourceIp), a tag, an
external id, s3:DataAccessPointAccount (the access point's own policy may let in others), anything that also holds where
its key is absent.
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

import re
from collections.abc import Iterable

from panorama_guard.containment.records import Grant
from panorama_guard.containment.resource import ANYTHING, translated
from panorama_guard.policy.condition import Condition, parse_condition
from panorama_guard.policy.document import CURRENT, Document, Effect, Principals, Statement

_CANONICAL = re.compile(r"[0-9a-f]{64}", re.ASCII)
_EVERYBODY = Principals(negated=False, entries=(("AWS", "*"),))


def own_account_ceiling(  # noqa: PLR0913 - whom an operator states, each in its own words
    account: str,
    *,
    principals: Iterable[str] = (),
    services: Iterable[str] = (),
    sources: Iterable[str] = (),
    organisation: str = "",
    sent_by_services: bool = False,
) -> Grant:
    """Return the ceiling that lets in the account, and whom else an operator states.

    With `sent_by_services` it does so of no more callers than there are: what says for whom AWS acts is sent by
    services alone, and of no requests that cannot be. So who is shut out of a resource is told apart from who is not;
    what is inside is asked without it.

    `principals` are what a policy may name: ARNs, accounts, unique ids, canonical user ids. `sources` are patterns of
    the ARNs of resources for which any AWS service may act.
    """
    stated = [("CanonicalUser" if _CANONICAL.fullmatch(text) else "AWS", text) for text in (account, *principals)]
    stated += [("Service", text) for text in services]
    conditions = [*_for_account(account), *_for_organisation(organisation)]
    conditions += [_condition("ArnLike", "aws:SourceArn", source) for source in sources]
    statements = [
        _allowed(0, Principals(negated=False, entries=tuple(stated)), ()),
        *(
            _allowed(place, _EVERYBODY, (condition, *_senders(condition, sent_by_services=sent_by_services)))
            for place, condition in enumerate(conditions, start=1)
        ),
        *(
            _allowed(place, _EVERYBODY, elsewhere)
            for place, elsewhere in enumerate(
                () if sent_by_services else _elsewhere(account), start=1 + len(conditions)
            )
        ),
    ]
    return Grant((translated(Document("own account and stated principals", CURRENT, tuple(statements))),))


def _for_account(account: str) -> tuple[Condition, ...]:
    return (
        _condition("StringEquals", "aws:SourceAccount", account),
        _condition("ArnLike", "aws:SourceArn", f"arn:*:*:*:{account}:*"),
        _condition("StringEquals", "aws:SourceOwner", account),
    )


def _elsewhere(account: str) -> tuple[tuple[Condition, ...], ...]:
    """Return what no request fulfils: that the resource is of another account than its own."""
    return tuple(
        (_condition("StringNotEquals", key, account), _condition("Null", key, "false"))
        for key in ("aws:ResourceAccount", "s3:ResourceAccount")
    )


def _for_organisation(organisation: str) -> tuple[Condition, ...]:
    if not organisation:
        return ()
    return (
        _condition("StringEquals", "aws:PrincipalOrgID", organisation),
        _condition("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{organisation}/*"),
        _condition("StringEquals", "aws:SourceOrgID", organisation),
        _condition("ForAnyValue:StringLike", "aws:SourceOrgPaths", f"{organisation}/*"),
    )


def _senders(condition: Condition, *, sent_by_services: bool) -> tuple[Condition, ...]:
    is_of_service = condition.key.startswith("aws:source")
    return (_condition("Bool", "aws:PrincipalIsAWSService", "true"),) if sent_by_services and is_of_service else ()


def _condition(operator: str, key: str, value: str) -> Condition:
    return parse_condition(operator, key, (value,), variables=False)


def _allowed(place: int, principals: Principals, conditions: tuple[Condition, ...]) -> Statement:
    return Statement(place, None, Effect.ALLOW, ANYTHING, ANYTHING, conditions, principals)
