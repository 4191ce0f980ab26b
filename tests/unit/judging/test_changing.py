"""That a setting is another than the one that is known is told, until it is put back or has become what is known."""

from dataclasses import replace

import pytest

from panorama_guard.case import function, log_group
from panorama_guard.case.finding import Deviation, Finding, Judgement, Kind, Severity
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical
from panorama_guard.judging.changing import accept
from panorama_guard.judging.subject import judge, remember
from tests.builders import ACCOUNT
from tests.unit import functions, log_groups
from tests.unit.functions import OTHERS, OWN_ROLE, a_function, lists
from tests.unit.log_groups import a_group

KEYS = [f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{number}" for number in range(2)]


def standard_of(snapshot: ResourceSnapshot) -> object:
    """Return by what a resource is judged."""
    return functions.STANDARD if snapshot.type == function.TYPE else log_groups.STANDARD


def judged(snapshot: ResourceSnapshot, memory: Memory) -> Judgement:
    """Return what is found."""
    return judge(snapshot, standard_of(snapshot), memory)  # type: ignore[arg-type]


def after(*seen: ResourceSnapshot) -> Memory:
    """Return what is known after some looks."""
    memory = Memory(seen[0].subject.unique_id)
    for one in seen:
        memory = remember(one, judged(one, memory), memory, standard_of(one))  # type: ignore[arg-type]
    return memory


def told(snapshot: ResourceSnapshot, *before: ResourceSnapshot) -> list[tuple[Severity, str, str]]:
    """Return what is told of a resource that was seen otherwise before."""
    return [_words(one) for one in judged(snapshot, after(*before)).findings]


def _words(finding: Finding) -> tuple[Severity, str, str]:
    assert finding.kind is Kind.WEAKNESS
    assert isinstance(finding.verdict, Deviation)
    return finding.severity, finding.source, finding.verdict.reason


def running(code: str, **settings: str) -> ResourceSnapshot:
    """Return a function that runs some code."""
    facts = (Part(function.CODE, code), Part(function.CONFIGURATION, canonical(settings)))
    return replace(a_function(), facts=facts)


def test_what_is_seen_first_is_no_news() -> None:
    """Nor is what stays as it is."""
    assert judged(running("a", Handler="app.handler"), Memory("")).findings == ()
    assert told(running("a", Handler="app.handler"), running("a", Handler="app.handler")) == []


def test_other_code_is_told_with_both_hashes() -> None:
    """So that its owner can say whether it is the one that he put there."""
    expected = (Severity.MEDIUM, "code", "its code was changed: its SHA-256 is b, and was a")
    assert told(running("b"), running("a")) == [expected]


def test_another_configuration_is_told_by_what_changed_in_it() -> None:
    """Not by what may be secret: of that only whether it is another one again."""
    before = running("a", Handler='"one"', Runtime='"x"')
    now = running("a", Handler='"two"', Runtime='"x"', Environment="0" * 64)
    words = 'Environment is another text (000000000000), and was none; Handler is "two", and was "one"'
    expected = (Severity.MEDIUM, "configuration", f"how it runs was changed: {words}")
    assert told(now, before) == [expected]


def test_other_layers_and_another_role_of_the_account_are_told() -> None:
    """A layer is code, and who runs as another role may do something else."""
    layer = lists("Layers", {"Arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:own:2"})
    now = a_function(role=f"{OWN_ROLE}-2").with_part(function.LAYERS, layer)
    layers, role = (words for _, _, words in told(now, a_function()))
    assert role == f"it runs as {OWN_ROLE}-2, and ran as {OWN_ROLE}"
    assert layers == f"its layers were changed: they are arn:aws:lambda:us-east-1:{ACCOUNT}:layer:own:2, and were none"


def test_what_is_told_anyway_is_not_told_twice() -> None:
    """That the layer is somebody else's says more than that it is another one."""
    layer = lists("Layers", {"Arn": f"arn:aws:lambda:us-east-1:{OTHERS}:layer:helper:1"})
    found = judged(a_function().with_part(function.LAYERS, layer), after(a_function()))
    assert [one.source for one in found.findings] == ["layers"]


def test_a_change_is_told_as_long_as_it_stands() -> None:
    """Looks do not make it what is known; to put back what was there ends it."""
    assert told(running("b"), running("a"), running("b"), running("b")) != []
    assert told(running("a"), running("a"), running("b")) == []


def test_what_is_accepted_is_what_is_known() -> None:
    """And the next change is told against that."""
    memory = accept(running("b"), after(running("a")), ["code"])
    assert judged(running("b"), memory).findings == ()
    assert [_words(one)[2] for one in judged(running("c"), memory).findings] == [
        "its code was changed: its SHA-256 is c, and was b"
    ]


def test_another_resource_knows_nothing_of_this_one() -> None:
    """What is remembered is of one unique id."""
    other = replace(running("b"), subject=replace(running("b").subject, unique_id="another"))
    assert judged(other, after(running("a"))).findings == ()


@pytest.mark.parametrize(("before", "now"), [("", "90"), ("90", "365"), ("90", ""), ("90", "90")])
def test_events_that_are_kept_for_longer_or_first_for_a_time_are_no_news(before: str, now: str) -> None:
    """A new log group keeps its events for ever until somebody says for how long."""
    groups = [a_group(*([(log_group.RETENTION, days)] if days else [])) for days in (before, now)]
    assert told(groups[1], groups[0]) == []


def test_events_that_are_kept_for_less_are_told() -> None:
    """Also where that is longer than the least."""
    now, before = (a_group((log_group.RETENTION, days)) for days in ("60", "365"))
    expected = (Severity.MEDIUM, "retention", "events are deleted after 60 days, and were kept for 365")
    assert told(now, before) == [expected]


def test_another_key_of_the_account_is_told_and_a_first_one_is_not() -> None:
    """Whoever may take the new one away takes the events away."""
    groups = [a_group((log_group.KEY, key)) for key in KEYS]
    assert told(groups[0], a_group()) == []
    changed = f"its key was changed: it is {KEYS[1]}, and was {KEYS[0]}"
    assert told(groups[1], groups[0]) == [(Severity.LOW, "encryption key", changed)]
    gone = f"its key was changed: it is none of KMS, and was {KEYS[0]}"
    assert told(a_group(), groups[0]) == [(Severity.LOW, "encryption key", gone)]


def test_what_could_not_be_read_is_not_another() -> None:
    """A function that is kept from the guard has changed nothing."""
    unread = replace(running("a"), parts=(), facts=(), unread=(Part(function.ROLE, "AccessDenied"),))
    assert [one.kind for one in judged(unread, after(running("a"))).findings] == [Kind.UNDECIDED]


def test_a_log_group_that_is_gone_is_told_as_that() -> None:
    """Not as one whose key is another."""
    before = a_group((log_group.KEY, KEYS[0]))
    assert [source for _, source, _ in told(log_group.remains(before.subject), before)] == ["existence"]
