"""The layer is built the same by any Python, holds what the functions import, and nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.template.translation import ROOT

SOURCE = ROOT / "layers" / "guard"
WHEELS = Path(sys.prefix) / "layer-wheels"  # fetched by `make setup`
MEGABYTES = 2**20


def pythons() -> list[str]:
    """Return the interpreters to build with: the running one, and those of PATH from 3.11 to 3.13 that have pip."""
    found = [shutil.which(f"python3.{minor}") for minor in (11, 12, 13)]
    others = [path for path in found if path and runs_pip(path)]
    return [sys.executable, *others]


def runs_pip(python: str) -> bool:
    """Return whether an interpreter runs, and pip in it."""
    return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def build(python: str, folder: Path, *, is_runtime: bool = False) -> Path:
    """Build the layer as `sam build` does, in a copy of its source, with one interpreter as python3.

    As the runtime's own too, or that is not there.
    """
    copy = shutil.copytree(SOURCE, folder / "source", ignore=shutil.ignore_patterns("*.egg-info"))
    (folder / "bin").mkdir()
    for name, is_there in (("python3", True), ("python3.13", is_runtime)):
        door = folder / "bin" / name
        door.write_text(f'#!/bin/sh\nexec "{python if is_there else "false"}" "$@"\n', encoding="utf-8")
        door.chmod(0o755)
    environment = {
        "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
        "HOME": os.environ.get("HOME", str(folder)),
        "ARTIFACTS_DIR": str(folder / "layer"),
        "PIP_NO_INDEX": "1",
        "PYTHONPYCACHEPREFIX": str(folder / "elsewhere"),
        "PIP_FIND_LINKS": str(WHEELS),
    }
    subprocess.run(["make", "-s", "-C", copy, "build-GuardLayer"], env=environment, check=True, timeout=120)
    return folder / "layer"


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the layer as the running interpreter builds it."""
    return build(sys.executable, tmp_path_factory.mktemp("layer"))


def names(layer: Path) -> list[str]:
    """Return the files of a layer, relative to it."""
    return sorted(str(path.relative_to(layer)) for path in layer.rglob("*") if path.is_file())


def test_the_layer_holds_the_library_and_powertools_only(layer: Path) -> None:
    """Next to the library there are Powertools and its two dependencies; boto3 comes with the runtime."""
    folders = {name.split("/")[1] for name in names(layer) if ".dist-info" not in name}
    assert folders == {"panorama_guard", "aws_lambda_powertools", "jmespath", "typing_extensions.py"}


def test_the_layer_is_pure_python_and_small(layer: Path) -> None:
    """No compiled extension, no cache of bytecode, no test; under ten megabytes."""
    assert not [name for name in names(layer) if name.endswith((".so", ".pyc", ".pyd"))]
    assert not [name for name in names(layer) if name.startswith(("python/panorama_guard/tests", "python/local"))]
    assert sum(path.stat().st_size for path in layer.rglob("*") if path.is_file()) < 10 * MEGABYTES


def test_the_layer_holds_the_whole_library(layer: Path) -> None:
    """Every module and data file of the library is in the layer, byte for byte."""
    source = SOURCE / "panorama_guard"
    wanted = [path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    built = layer / "python" / "panorama_guard"
    assert all((built / path.relative_to(source)).read_bytes() == path.read_bytes() for path in wanted)


def test_where_the_runtimes_python_is_there_the_layer_has_its_bytecode(layer: Path, tmp_path: Path) -> None:
    """Of every module; it is taken without a look at the source, and says where that lies in Lambda."""
    built = build(sys.executable, tmp_path / "one", is_runtime=True)
    made = list(built.rglob("*.pyc"))
    assert len(made) == len(list(layer.rglob("*.py")))
    assert {path.read_bytes()[4:8] for path in made} == {b"\x01\0\0\0"}  # PEP 552: by hash, unchecked
    (record,) = (path for path in made if path.match("panorama_guard/policy/__pycache__/record.*"))
    assert b"/opt/python/panorama_guard/policy/record.py" in record.read_bytes()
    assert sum(path.stat().st_size for path in built.rglob("*") if path.is_file()) < 16 * MEGABYTES


def test_every_python_builds_the_same_layer(layer: Path, tmp_path: Path) -> None:
    """Whichever Python from 3.11 to 3.13 is first on PATH, and however often, the layer is the same."""
    for number, python in enumerate(pythons()):
        other = build(python, tmp_path / str(number))
        assert names(other) == names(layer)
        assert all((other / name).read_bytes() == (layer / name).read_bytes() for name in names(layer))
