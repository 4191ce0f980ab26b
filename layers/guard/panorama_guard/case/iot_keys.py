"""What a call of AWS IoT was done to: policies, things, aliases, jobs, and what else uses a role."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from panorama_guard.case import iot, iot_takers
from panorama_guard.case.places import Keys, members, parameters, texts_at
from panorama_guard.case.resource import resource_key
from panorama_guard.case.route import Route

_CERTIFICATE_ARN = re.compile(r"arn:[a-z0-9-]{1,32}:iot:[a-z0-9-]{1,32}:\d{12}:cert/[0-9a-f]{64}", re.ASCII)
_GROUP_ARN = re.compile(r"arn:[a-z0-9-]{1,32}:iot:[a-z0-9-]{1,32}:\d{12}:thinggroup/[\w:-]{1,128}", re.ASCII)
_THING_ARN = re.compile(r"arn:[a-z0-9-]{1,32}:iot:[a-z0-9-]{1,32}:\d{12}:thing/[\w:-]{1,128}", re.ASCII)
# Where else a call names what acts as a role: a destination that it has made, and an authority as its path calls it.
_OTHER_PLACES = (("responseElements", "topicRuleDestination", "arn"), ("requestParameters", "caCertificateId"))

Detail = Mapping[str, object]


def _policy(detail: Detail) -> Keys:
    """Return the policy of a call, and the things that have it where it is one of others."""
    names = parameters(detail, iot.POLICY_NAME, "policyName")
    return Keys(_keys(iot.POLICY, names), _keys(iot.HOLDERS, names))


def _attachment(detail: Detail) -> Keys:
    """Return the policy, and what gets or loses it: a certificate, or a group of which any thing may be a member."""
    names = parameters(detail, iot.POLICY_NAME, "policyName")
    return Keys(_keys(iot.POLICY, names), tuple(_targets(detail, "target", "principal")))


def _thing(detail: Detail) -> Keys:
    names = parameters(detail, iot.THING_NAME, "thingName")
    arns = parameters(detail, _THING_ARN, "thingArn")
    keys = _keys(iot.THING, dict.fromkeys((*names, *map(iot.end_of, arns))))
    return Keys(keys, tuple(_targets(detail, "principal")))


def _certificate(detail: Detail) -> Keys:
    return Keys(behind=_keys(iot.CERTIFICATE, parameters(detail, iot.CERTIFICATE_ID, "certificateId")))


def _alias(detail: Detail) -> Keys:
    """Return the alias: in the pattern it is guarded, outside of it only its role is."""
    names = parameters(detail, iot.ALIAS_NAME, "roleAlias")
    return Keys((*_keys(iot.ALIAS, names), *_users(iot.ROLE_ALIAS, names)))


def _rule(detail: Detail) -> Keys:
    return Keys(_users(iot.TOPIC_RULE, parameters(detail, iot.RULE_NAME, "ruleName")))


def _template(detail: Detail) -> Keys:
    return Keys(_users(iot.TEMPLATE, parameters(detail, iot.TEMPLATE_NAME, "templateName")))


def _job(detail: Detail) -> Keys:
    """Return the job, the things on which it runs, and the job as what may sign URLs by a role, whatever its name."""
    jobs = parameters(detail, iot.JOB_ID, "jobId")
    things = map(iot.end_of, members(detail, _THING_ARN, "targets"))
    groups = (resource_key(iot.EVERY, ""),) if members(detail, _GROUP_ARN, "targets") else ()
    return Keys((*_keys(iot.JOB, jobs), *_keys(iot.THING, things), *_users(iot.SIGNER, jobs)), groups)


def _taker(detail: Detail) -> Keys:
    """Return what acts as a role that it is given; what AWS has named itself, the answer names."""
    kind = iot_takers.kind_of_call(str(detail.get("eventName", "")))
    if kind in iot_takers.SETTINGS:
        return Keys(_users(kind, (iot_takers.OF_THE_ACCOUNT,)))
    member = iot_takers.TAKERS[kind][1]
    places = tuple((said, member) for said in ("requestParameters", "responseElements"))
    form = iot_takers.DESTINATION_ARN if kind == iot_takers.DESTINATION else iot_takers.NAME
    found = texts_at(detail, (*places, *_OTHER_PLACES), form)
    return Keys(_users(kind, tuple(map(iot_takers.name_in, found))))


def _every_thing(_: Detail) -> Keys:
    """Return every thing: the call does not say of which ones it tells."""
    return Keys(behind=(resource_key(iot.EVERY, ""),))


def _targets(detail: Detail, *names: str) -> Iterator[str]:
    for arn in parameters(detail, _CERTIFICATE_ARN, *names):
        yield resource_key(iot.CERTIFICATE, iot.end_of(arn))
    if parameters(detail, _GROUP_ARN, *names):
        yield resource_key(iot.EVERY, "")


def _keys(kind: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(resource_key(kind, name) for name in names)


def _users(kind: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return _keys(iot.USER, tuple(f"{kind}/{name}" for name in names))


IOT_KEYS: Mapping[Route, Callable[[Detail], Keys]] = {
    Route.IOT_POLICY: _policy,
    Route.IOT_ATTACHMENT: _attachment,
    Route.IOT_THING: _thing,
    Route.IOT_CERTIFICATE: _certificate,
    Route.IOT_ALIAS: _alias,
    Route.IOT_RULE: _rule,
    Route.IOT_TEMPLATE: _template,
    Route.IOT_JOB: _job,
    Route.IOT_TAKER: _taker,
    Route.EVERY_THING: _every_thing,
}
