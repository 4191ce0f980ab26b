"""Archives depend on what is in them, and on nothing else."""

import hashlib
import os
import zipfile
from pathlib import Path

from release.archive import SUMS, write_archive, write_sums


def folder_of(path: Path, *, names: tuple[str, ...] = ("b.py", "a/c.py")) -> Path:
    """Return a folder with a few files, written in the order of the names."""
    for name in names:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(f"# {name}\n", encoding="utf-8")
    return path


def archived(folder: Path, to: Path) -> bytes:
    """Return the archive of a folder."""
    write_archive(folder, to)
    return to.read_bytes()


def test_the_same_files_are_the_same_archive(tmp_path: Path) -> None:
    """Neither when they were written, nor in which order, nor their writer's umask is in it."""
    first = folder_of(tmp_path / "first")
    second = folder_of(tmp_path / "second", names=("a/c.py", "b.py"))
    os.utime(second / "b.py", (1, 1))
    (second / "b.py").chmod(0o600)
    assert archived(first, tmp_path / "1.zip") == archived(second, tmp_path / "2.zip")


def test_another_content_is_another_archive(tmp_path: Path) -> None:
    """One byte of one file."""
    folder = folder_of(tmp_path / "code")
    before = archived(folder, tmp_path / "1.zip")
    (folder / "b.py").write_text("# B.py\n", encoding="utf-8")
    assert archived(folder, tmp_path / "2.zip") != before


def test_an_archive_holds_the_files_in_order_readable_by_all_and_nothing_compiled(tmp_path: Path) -> None:
    """Lambda runs them as another user."""
    folder = folder_of(tmp_path / "code", names=("b.py", "a/c.py", "a/__pycache__/c.cpython-313.pyc", "bin/run"))
    (folder / "bin/run").chmod(0o700)
    write_archive(folder, tmp_path / "code.zip")
    with zipfile.ZipFile(tmp_path / "code.zip") as opened:
        modes = {each.filename: oct(each.external_attr >> 16) for each in opened.infolist()}
    assert modes == {"a/c.py": "0o100644", "b.py": "0o100644", "bin/run": "0o100755"}
    assert list(modes) == ["a/c.py", "b.py", "bin/run"]


def test_sums_are_of_every_other_file(tmp_path: Path) -> None:
    """Sums that stand there already are replaced, and sum up nothing."""
    folder = folder_of(tmp_path, names=("b.zip", "a.zip", SUMS))
    write_sums(folder)
    sums = {name: hashlib.sha256(f"# {name}\n".encode()).hexdigest() for name in ("a.zip", "b.zip")}
    assert (folder / SUMS).read_text(encoding="utf-8") == "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
