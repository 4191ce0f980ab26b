"""Archives depend on what is in them, and on nothing else."""

import hashlib
import os
import py_compile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from release.archive import SUMS, BytecodeError, write_archive, write_sums


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


def compiled(folder: Path) -> Path:
    """Return the bytecode that the build puts beside a module for the functions' runtime."""
    made = folder / "a/__pycache__/c.cpython-313.pyc"
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(folder / "a/c.py"), cfile=str(made), doraise=True, invalidation_mode=mode)
    return made


def test_a_layer_keeps_the_bytecode_of_the_runtime_and_no_other(tmp_path: Path) -> None:
    """Lambda's folders are read-only: what is not there is compiled anew at every cold start."""
    folder = folder_of(tmp_path / "code", names=("a/c.py", "a/__pycache__/c.cpython-311.pyc"))
    made = compiled(folder)
    write_archive(folder, tmp_path / "code.zip", keeps_bytecode=True)
    with zipfile.ZipFile(tmp_path / "code.zip") as opened:
        assert opened.namelist() == ["a/__pycache__/c.cpython-313.pyc", "a/c.py"]
        assert opened.read("a/__pycache__/c.cpython-313.pyc") == made.read_bytes()


def test_bytecode_makes_the_same_archive_again(tmp_path: Path) -> None:
    """It says nothing of when it was made."""
    folders = [folder_of(tmp_path / name) for name in ("first", "second")]
    for folder in folders:
        os.utime(folder / "a/c.py", (1, len(folder.name)))
        py_compile.compile(
            str(folder / "a/c.py"),
            cfile=str(folder / "a/__pycache__/c.cpython-313.pyc"),
            dfile="/opt/python/a/c.py",
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        write_archive(folder, folder.with_suffix(".zip"), keeps_bytecode=True)
    assert len({folder.with_suffix(".zip").read_bytes() for folder in folders}) == 1


def change_source(folder: Path) -> None:
    """Write the module anew, after it was compiled."""
    (folder / "a/c.py").write_text("# mine\n", encoding="utf-8")


def lose_source(folder: Path) -> None:
    """Delete the module, whose bytecode stays."""
    (folder / "a/c.py").unlink()


def compile_by_time(folder: Path) -> None:
    """Compile the module as Python does by itself: with the source's time, which archives do not keep."""
    mode = py_compile.PycInvalidationMode.TIMESTAMP
    made = folder / "a/__pycache__/c.cpython-313.pyc"
    py_compile.compile(str(folder / "a/c.py"), cfile=str(made), invalidation_mode=mode)


@pytest.mark.parametrize("spoil", [change_source, lose_source, compile_by_time])
def test_bytecode_that_is_not_of_its_source_is_in_no_release(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    """It would run, and nobody would have read it."""
    folder = folder_of(tmp_path / "code")
    compiled(folder)
    spoil(folder)
    with pytest.raises(BytecodeError, match=r"not of its source: `c\.cpython-313\.pyc`"):
        write_archive(folder, tmp_path / "code.zip", keeps_bytecode=True)


def test_sums_are_of_every_other_file(tmp_path: Path) -> None:
    """Sums that stand there already are replaced, and sum up nothing."""
    folder = folder_of(tmp_path, names=("b.zip", "a.zip", SUMS))
    write_sums(folder)
    sums = {name: hashlib.sha256(f"# {name}\n".encode()).hexdigest() for name in ("a.zip", "b.zip")}
    assert (folder / SUMS).read_text(encoding="utf-8") == "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
