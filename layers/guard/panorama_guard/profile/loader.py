"""Reads the profile from its data files; whatever is not understood is an error, never ignored.

Each file of `data/` describes the roles and resources of one service. Adding a file guards those of another one.
"""

import json
import re
from datetime import date
from importlib import resources

from panorama_guard.containment import Grant
from panorama_guard.policy.document import Document
from panorama_guard.policy.glob import Glob, parse_glob
from panorama_guard.policy.record import replace
from panorama_guard.profile.documents import permissions_in, trust_in, with_principals
from panorama_guard.profile.errors import ProfileError
from panorama_guard.profile.fields import Field, decode, shown
from panorama_guard.profile.records import (
    Certainty,
    Enrolment,
    PinnedPolicy,
    Profile,
    ResourceProfile,
    RoleFamily,
    RoleProfile,
    Sign,
)

_LABEL = re.compile(r"[a-z][a-z0-9-]{0,63}")
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_PATH = re.compile(r"/|/[\x21-\x7e]{1,510}/")
_VERSION_ID = re.compile(r"v[1-9][0-9]*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SENTENCE = re.compile(r"[\x21-\x7e][\x20-\x7e]*")
_CERTAINTY = re.compile("|".join(certainty.value for certainty in Certainty))
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")
_ENROLMENT = re.compile("|".join(enrolment.value for enrolment in Enrolment))
_NAME_PATTERN = re.compile(r"[\x21-\x7e]*[\w][\x21-\x7e]*", re.ASCII)  # `*` alone would guard everything
_WATCHED_NAMES = re.compile(r"[\x21-\x7e]+")  # what is only told about may be anything
_PRINCIPAL = re.compile(r"\d{12}|[0-9a-f]{64}|arn:[\x21-\x7e]{1,512}|A(?:IDA|ROA)[A-Z0-9]{12,124}", re.ASCII)
_SOURCE = re.compile(r"arn:[\x21-\x7e]{1,512}", re.ASCII)
_ORGANISATION = re.compile(r"(o-[a-z0-9]{10,32})?", re.ASCII)


def load_profile(*, own: str = "") -> Profile:
    """Return the profile of every file that the library ships, joined; `own` begins the names of the guard's roles."""
    folder = resources.files("panorama_guard.profile") / "data"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".json")), key=lambda file: file.name)
    joined = join_profiles(tuple(parse_profile(file.read_text(encoding="utf-8")) for file in files))
    return replace(joined, own=own)


def join_profiles(profiles: tuple[Profile, ...]) -> Profile:
    """Return one profile of the roles of all; raise ProfileError if two of them guard the same role."""
    joined = Profile(
        name="+".join(profile.name for profile in profiles),
        roles=tuple(role for profile in profiles for role in profile.roles),
        watched=tuple(role for profile in profiles for role in profile.watched),
        resources=tuple(resource for profile in profiles for resource in profile.resources),
        families=tuple(family for profile in profiles for family in profile.families),
        ended=max((profile.ended for profile in profiles), default=""),
    )
    _refuse_duplicates(joined)
    return joined


def parse_profile(text: str) -> Profile:
    """Return the profile that a data file holds; raise ProfileError if any part of it is not understood."""
    name, partition, patterns, roles, watched, resources, families, ended = Field("", decode(text)).members(
        "name", "partition", "patterns", "roles", "watched", "resources", lists=("families",), texts=("ended",)
    )
    aws, end = partition.text(_LABEL, "a partition"), _day(ended) if ended.value else ""
    services = {service: permissions_in(field, f"pattern/{service}") for service, field in patterns.entries()}
    pattern = Grant(tuple(services.values()))
    enrolled = tuple(_role(field, aws, pattern, Enrolment.ENROLLED, end) for field in roles.items())
    told = tuple(_role(field, aws, pattern, Enrolment.ALERT_ONLY, end) for field in watched.items())
    profile = Profile(
        name=name.text(_LABEL, "a lower-case name"),
        roles=enrolled,
        watched=told,
        resources=tuple(replace(_resource(field), grantees=enrolled + told) for field in resources.items()),
        families=tuple(_family(field, aws, services, end) for field in families.items()),
        ended=end,
    )
    _refuse_duplicates(profile)
    _refuse_strange_families(resources, profile)
    return profile


def _refuse_strange_families(resources: Field, profile: Profile) -> None:
    known = [family.name for family in profile.families]
    for field, resource in zip(resources.items(), profile.resources, strict=True):
        if resource.family and resource.family not in known:
            message = f"{field.path}.family is not a family of the profile: {shown(resource.family)}"
            raise ProfileError(message)


def _family(field: Field, partition: str, services: dict[str, Document], end: str) -> RoleFamily:
    """Return a family: its roles may do what `ceiling` says, and the patterns of the services that it names."""
    name, signs, ceiling, patterns, trust = field.members("name", "signs", "ceiling", "patterns", "trust")
    label = name.text(_LABEL, "a lower-case name")
    own = [permissions_in(item, f"{label}/{title}") for title, item in ceiling.entries()]
    chosen = re.compile("|".join(map(re.escape, services)))
    own += [services[item.text(chosen, "a service of `patterns`")] for item in patterns.items()]
    made = Field(field.path, {"name": label, "paths": ["/"], "policies": [], "trust": trust.value})
    found = tuple(_sign(item) for item in signs.items())
    if not found:
        signs.refuse("is an empty list")
    return RoleFamily(found, _role(made, partition, Grant(tuple(own)), Enrolment.ALERT_ONLY, end))


def _sign(field: Field) -> Sign:
    names, trusts, policies = field.members(lists=("names", "trusts", "policies"))
    if not (names.value or trusts.value or policies.value):
        field.refuse("says nothing by which a role is known")
    return Sign(
        names=tuple(_glob(item, _NAME_PATTERN) for item in names.items()),
        trusts=tuple(item.text(_SERVICE, "a service principal") for item in trusts.items()),
        policies=tuple(_glob(item, _SOURCE) for item in policies.items()),
    )


def _role(field: Field, partition: str, pattern: Grant, enrolment: Enrolment, end: str) -> RoleProfile:
    name, paths, policies, trust = field.members("name", "paths", "policies", "trust")
    certainty, source, review, document = trust.members("certainty", "source", "review_principals", "document")
    principals = tuple(item.text(_SERVICE, "a service principal") for item in review.items())
    return RoleProfile(
        name=name.text(_ROLE_NAME, "a role name"),
        partition=partition,
        paths=_paths(paths),
        enrolment=enrolment,
        trust=trust_in(document),
        trust_text=json.dumps(document.value),
        trust_certainty=Certainty(certainty.text(_CERTAINTY, f"one of {_CERTAINTY.pattern.replace('|', ', ')}")),
        trust_source=source.text(_SENTENCE, "a source in one line"),
        review_principals=principals,
        reviewed_trust=trust_in(with_principals(document, principals)),
        policies=tuple(_pinned(item, partition) for item in policies.items()),
        pattern=pattern,
        ended=end,
    )


def _resource(field: Field) -> ResourceProfile:
    kind, names, enrolment, stated, roles, ceiling, buckets, family = field.members(
        "type", "names", "enrolment", "stated", lists=("roles", "ceiling", "buckets"), texts=("family",)
    )
    principals, services, sources, organisation = stated.members("principals", "services", "sources", "organisation")
    enrolled = Enrolment(enrolment.text(_ENROLMENT, f"one of {_ENROLMENT.pattern.replace('|', ', ')}"))
    form = _NAME_PATTERN if enrolled is Enrolment.ENROLLED else _WATCHED_NAMES
    globs = tuple(_glob(item, form) for item in names.items())
    if not globs:
        names.refuse("is an empty list")
    return ResourceProfile(
        type=kind.text(_LABEL, "a type of resource"),
        names=globs,
        enrolment=enrolled,
        principals=tuple(item.text(_PRINCIPAL, "a principal") for item in principals.items()),
        services=tuple(item.text(_SERVICE, "a service principal") for item in services.items()),
        sources=tuple(item.text(_SOURCE, "a pattern of ARNs") for item in sources.items()),
        organisation=organisation.text(_ORGANISATION, "the id of an organisation, or empty"),
        roles=tuple(_glob(item, _NAME_PATTERN) for item in roles.items()),
        family=family.text(_LABEL, "a family") if family.value else "",
        ceiling=tuple(permissions_in(item, "what devices may do") for item in ceiling.items()),
        buckets=tuple(_glob(item, _NAME_PATTERN) for item in buckets.items()),
    )


def _glob(field: Field, form: re.Pattern[str]) -> Glob:
    return parse_glob(field.text(form, "a pattern of names"), variables=False)


def _paths(field: Field) -> tuple[str, ...]:
    paths = tuple(item.text(_PATH, "an IAM path") for item in field.items())
    if not paths or len(set(paths)) < len(paths):
        field.refuse("is not a list of one or more different paths")
    return paths


def _pinned(field: Field, partition: str) -> PinnedPolicy:
    arn_field, version_id, edited, document = field.members("arn", "version_id", "edited", "document")
    form = re.compile(rf"arn:{partition}:iam::(?:aws|\d{{12}}):policy/[\x21-\x7e]{{1,512}}", re.ASCII)
    arn = arn_field.text(form, f"the ARN of a managed policy in partition {partition}")
    return PinnedPolicy(
        arn=arn,
        version_id=version_id.text(_VERSION_ID, "a version id"),
        edited=_day(edited),
        document=permissions_in(document, arn),
    )


def _day(field: Field) -> str:
    text = field.text(_DAY, "a day, year-month-day")
    try:
        date.fromisoformat(text)
    except ValueError:
        field.refuse("is not a day of the calendar")
    return text


def _refuse_duplicates(profile: Profile) -> None:
    """Raise ProfileError if two roles have one name to IAM, or a family has that of a role."""
    names = [role.name.lower() for role in profile.roles + profile.watched]
    names += [family.name.lower() for family in profile.families]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        message = f"two roles have one name: {shown(twice[0])}"
        raise ProfileError(message)
