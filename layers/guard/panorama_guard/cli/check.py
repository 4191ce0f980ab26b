"""`panorama-guard check`: judges the guarded roles and resources that files would make, before they are."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePath

from panorama_guard.aws.own_account import OwnAccount
from panorama_guard.case.errors import UnreachableError
from panorama_guard.cli.drafted import Bench, notes_of, review_file, review_resources
from panorama_guard.cli.found_files import FoundFile, find_files
from panorama_guard.cli.output import complain
from panorama_guard.cli.progress import clear_progress, show_progress
from panorama_guard.cli.reviewed import UNREAD, end_review, tell_review, tool_version
from panorama_guard.drafts.document import read_document_file, role_in_path
from panorama_guard.drafts.errors import DraftError
from panorama_guard.drafts.files import Kind, kind_of, read_draft
from panorama_guard.drafts.known import known_documents
from panorama_guard.drafts.listing import read_account
from panorama_guard.drafts.node import Node
from panorama_guard.drafts.plan import read_plan
from panorama_guard.drafts.roles import Drafted
from panorama_guard.drafts.template import read_template
from panorama_guard.profile import Profile, load_profile
from panorama_guard.profile.posture import Posture
from panorama_guard.reporting.page.errors import PageError
from panorama_guard.reporting.page.records import PosturePage
from panorama_guard.reporting.page.render import can_render, render
from panorama_guard.reporting.review import Review


@dataclass(frozen=True, slots=True)
class Check:
    """What is asked: which files, of which role plain documents are, and how it is to be told."""

    paths: tuple[str, ...]
    role: str | None
    parameters: tuple[tuple[str, str], ...]
    account: Callable[[], OwnAccount] | None
    posture: str
    output: str
    fail_on: str
    owner: str = ""


@dataclass(slots=True)
class _Seen:
    """What has been read so far."""

    files: list[tuple[str, tuple[Drafted, ...]]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    passed_over: int = 0


def check(asked: Check) -> int:
    """Judge the files and return how it ended; what cannot be read is told, and the rest still judged."""
    try:
        if asked.output == "html":
            can_render()
    except PageError as error:
        complain(str(error))
        return UNREAD
    profile = load_profile()
    seen = _Seen()
    for number, file in enumerate(find_files(asked.paths), start=1):
        show_progress(f"reading: {number} files")
        _take(file, asked, profile, seen)
    clear_progress()
    if not (seen.files or seen.unread or seen.passed_over):
        seen.unread.append(f"{', '.join(asked.paths)}: no file is there that could be read")
    known = known_documents(profile)
    if asked.account:
        known |= _from_account(asked.account, seen, known)
    bench = Bench(profile, Posture(asked.posture), known, asked.owner)
    roles = tuple(role for name, worlds in seen.files for role in review_file(name, worlds, bench))
    resources = tuple(one for name, worlds in seen.files for one in review_resources(name, worlds, bench))
    notes = [f"{name}: {note}" for name, worlds in seen.files for note in notes_of(worlds, bench)]
    review = Review(
        command="check",
        about=_about(seen),
        posture=asked.posture,
        version=tool_version(),
        roles=roles,
        unread=tuple(seen.unread),
        notes=tuple(dict.fromkeys([*notes, *seen.notes])),
        resources=resources,
    )
    if asked.output != "html":
        return tell_review(review, asked.output, asked.fail_on)
    read_at = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    sys.stdout.write(render(PosturePage(review, (), "", "", read_at, len(roles))))
    sys.stdout.flush()
    return end_review(review, asked.output, asked.fail_on)


def _about(seen: _Seen) -> str:
    read = len(seen.files)
    told = f"{read} file{'' if read == 1 else 's'} read"
    return f"{told}, {seen.passed_over} without roles" if seen.passed_over else told


def _take(file: FoundFile, asked: Check, profile: Profile, seen: _Seen) -> None:
    """Read one file into what has been seen."""
    if file.problem:
        seen.unread.append(f"{file.name}: {file.problem}")
    elif not file.is_marked and not file.is_named:
        seen.passed_over += 1
    else:
        try:
            roots = read_draft(file.text)
            worlds = tuple(drafted for root in roots for drafted in _read(file.name, root, asked, profile, seen))
        except DraftError as error:
            seen.unread.append(f"{file.name}: {error}")
            return
        if worlds:
            seen.files.append((file.name, worlds))
        else:
            seen.passed_over += 1


def _read(name: str, root: Node, asked: Check, profile: Profile, seen: _Seen) -> tuple[Drafted, ...]:
    guarded = [role.name for role in (*profile.roles, *profile.watched)]
    match kind_of(root):
        case Kind.TEMPLATE:
            return read_template(root, guarded, dict(asked.parameters))
        case Kind.PLAN:
            return (read_plan(root, guarded),)
        case Kind.ACCOUNT:
            return (read_account(root),)
        case Kind.DOCUMENT:
            roles = (asked.role,) if asked.role else role_in_path(name, guarded)
            if not roles:
                seen.notes.append(f"not judged: {name}: an IAM document of no guarded role; --role NAME says of which")
            return tuple(read_document_file(root, role, PurePath(name).name) for role in roles)
        case Kind.OTHER:
            return ()


def _from_account(connect: Callable[[], OwnAccount], seen: _Seen, known: dict[str, str]) -> dict[str, str]:
    """Return the documents that the files name and nobody knows yet, as the account has them."""
    found: dict[str, str] = {}
    try:
        account = connect()
        for arn in dict.fromkeys(_named(seen.files)):
            policy = None if arn in known else account.read_managed_policy(arn)
            if policy is not None:
                found[arn] = policy.text
    except UnreachableError as error:
        seen.unread.append(str(error))
    return found


def _named(files: Sequence[tuple[str, tuple[Drafted, ...]]]) -> Iterator[str]:
    for _, worlds in files:
        for draft in (draft for world in worlds for draft in world.roles):
            for policy in (*draft.attached, *draft.boundary):
                if not policy.documents and policy.name.startswith("arn:"):
                    yield policy.name
