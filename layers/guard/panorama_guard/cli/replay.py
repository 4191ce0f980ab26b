"""`panorama-guard replay`: what the guard would see after a call, by an event in a file; it reads and never acts."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from panorama_guard.aws.own_account import OwnAccount
from panorama_guard.aws.own_subjects import OwnSubjects
from panorama_guard.case.change import Change, Failed, Ignored, NeedsSweep, ParsedChange, parse_change
from panorama_guard.case.errors import EventError, UnreachableError
from panorama_guard.case.incident import Cause
from panorama_guard.case.listing import ListedRole
from panorama_guard.case.resource import ResourceSnapshot, is_resource_key
from panorama_guard.case.snapshot import Subject
from panorama_guard.cli.event_file import NO_ACCOUNT, read_events
from panorama_guard.cli.files import name_of, read_json
from panorama_guard.cli.found import Found
from panorama_guard.cli.output import complain, tell_line
from panorama_guard.cli.progress import clear_progress, show_progress
from panorama_guard.cli.reviewed import CLEAN, FOUND, IN_DOUBT, UNREAD, is_painted, painted
from panorama_guard.cli.role_file import NAME, ROLES, read_role
from panorama_guard.policy import DocumentError
from panorama_guard.posture.concerned import names_concerned
from panorama_guard.posture.resources import review_resource
from panorama_guard.posture.roles import review_roles, sort_roles
from panorama_guard.profile import GuardedResource, Profile, load_profile
from panorama_guard.profile.posture import Posture
from panorama_guard.reporting import replay as words
from panorama_guard.reporting.replay import Replayed, replay_body, replay_lines
from panorama_guard.reporting.review import Outcome, ReviewedResource, State
from panorama_guard.reporting.review_text import line_text


@dataclass(frozen=True, slots=True)
class Replay:
    """What is asked: which file, against which account or file of roles, and how it is to be told."""

    file: str
    roles: str | None
    is_offline: bool
    profile: str | None
    region: str | None
    endpoint: str | None
    stack: str
    posture: str
    output: str
    fail_on: str


class _Scene:
    """What is looked at: an account, a file of roles, or nothing."""

    def __init__(self, asked: Replay) -> None:
        """Read the roles, from where they are to be read."""
        self.profile: Profile = load_profile()
        self.posture = Posture(asked.posture)
        self._own: OwnSubjects | None = None
        self.account = ""
        self.roles: Sequence[ListedRole] = ()
        self.can_judge = not asked.is_offline
        if asked.roles:
            self.roles = _listed(asked.roles, self.profile)
        elif not asked.is_offline:
            account = OwnAccount(asked.profile, asked.region, asked.endpoint)
            self.roles = account.read_roles(lambda count: show_progress(f"reading the account: {count} roles"))
            clear_progress()
            self._own = OwnSubjects(self.profile, account.client, stack=asked.stack)
            self.account, _ = account.who_asks()

    def behind(self, key: str) -> tuple[str, ...]:
        """Return what is behind an access point or the account itself; without AWS nothing is known of it."""
        return self._own.behind(self.account, key) if self._own else ()

    def resource(self, key: str) -> ReviewedResource | None:
        """Return the review of a resource, or None where there is none, or no AWS to ask."""
        guarded = self.profile.guarded(key)
        snapshot = self._own.read_subject(Subject(self.account, "", key, "")) if self._own else None
        if isinstance(guarded, GuardedResource) and isinstance(snapshot, ResourceSnapshot):
            return review_resource(snapshot, guarded, self.posture)
        return None


def replay(asked: Replay) -> int:
    """Tell what the events of a file lead to, and return how it ended; what cannot be read is one line."""
    try:
        parsed = tuple(_parsed(asked.file))  # before AWS is asked for anything
        scene = _Scene(asked)
        replayed = tuple(_replayed(one, scene) for one in parsed)
    except (DocumentError, EventError, UnreachableError) as error:
        clear_progress()
        complain(str(error))
        return UNREAD
    if asked.output == "json":
        tell_line(json.dumps(replay_body(replayed), indent=2))
    else:
        show = painted if is_painted() else line_text
        tell_line("\n".join(show(line) for line in replay_lines(replayed)))
    return _code(replayed, asked.fail_on)


def _parsed(file: str) -> Iterator[ParsedChange]:
    """Yield what the events of a file say; raise EventError, with the file and which event it is, for what is none."""
    events = read_events(file)
    for number, event in enumerate(events, start=1):
        try:
            yield parse_change(event)
        except EventError as error:
            which = f"{name_of(file)}, event {number}" if len(events) > 1 else name_of(file)
            message = f"{which}: no event of CloudTrail or EventBridge: {error}"
            raise EventError(message) from error


def _replayed(parsed: ParsedChange, scene: _Scene) -> Replayed:
    match parsed:
        case Ignored(reason):
            return Replayed(None, words.IGNORED, reason)
        case Failed(change, code):
            return Replayed(Cause.of(change), words.FAILED, f"{code}: it changed nothing, and is counted")
        case NeedsSweep(change, reason):
            return Replayed(Cause.of(change), words.SWEEP, f"{reason}; `panorama-guard audit` judges every role")
        case Change() as change:
            return _judged(change, scene)


def _judged(change: Change, scene: _Scene) -> Replayed:
    names = names_concerned(change, scene.roles, scene.behind, scene.profile)
    if not scene.can_judge:
        return Replayed(Cause.of(change), words.NOT_JUDGED, "--offline: the event alone was read", names)
    if not names:
        return Replayed(Cause.of(change), words.IGNORED, f"nothing guarded is concerned{_elsewhere(change, scene)}")
    wanted = {name.lower() for name in names if not is_resource_key(name)}
    likened = sort_roles(scene.roles, scene.profile).likened
    roles = review_roles([pair for pair in likened if pair[0].snapshot.subject.name.lower() in wanted], scene.posture)
    found = [(key, scene.resource(key)) for key in names if is_resource_key(key)]
    resources = tuple(one for _, one in found if one is not None)
    there = {role.name.lower() for role in roles}
    absent = [name for name in names if not is_resource_key(name) and name.lower() not in there]
    absent += [key for key, one in found if one is None]
    where = _elsewhere(change, scene).removeprefix("; ")
    return Replayed(Cause.of(change), words.JUDGED, where, names, roles, resources, tuple(absent))


def _elsewhere(change: Change, scene: _Scene) -> str:
    """Return that an event is of another account than the one that was asked, or nothing."""
    if not scene.account or change.account in (scene.account, NO_ACCOUNT):
        return ""
    return f"; the event is of account {change.account}, and account {scene.account} was asked"


def _listed(file: str, profile: Profile) -> tuple[ListedRole, ...]:
    """Return the guarded roles of what `aws iam get-account-authorization-details` printed."""
    value = read_json(file)
    if not isinstance(value, dict) or ROLES not in value:
        raise DocumentError(name_of(file), f"the list {ROLES} is missing in", value)
    found = Found(value, name_of(file))
    names = [name for name in (role.text(NAME) for role in found.items(ROLES)) if profile.role_named(name)]
    return tuple(ListedRole(read_role(found, name)) for name in names)


def _code(replayed: Sequence[Replayed], fail_on: str) -> int:
    """Return how it ended: an escape comes before what is not known."""
    outcomes = [role.outcome for one in replayed for role in one.roles]
    states = [resource.state for one in replayed for resource in one.resources]
    if Outcome.ESCAPED in outcomes or {State.OPEN, State.UNGUARDED} & set(states):
        return FOUND
    is_known = all(one.outcome not in (words.SWEEP, words.NOT_JUDGED) for one in replayed)
    is_decided = Outcome.UNDECIDED not in outcomes and State.UNDECIDED not in states
    return CLEAN if (is_known and is_decided) or fail_on == "escaped" else IN_DOUBT
