"""No file breaks check: samples with something left out, put in or repeated are judged, or told of."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panorama_guard.cli import main
from panorama_guard.cli.reviewed import CLEAN, FOUND, IN_DOUBT, OUTPUTS, UNREAD

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "samples" / "check").glob("*/*.*"))
TEXTS = {path: path.read_text(encoding="utf-8") for path in SAMPLES}
PIECES = ["{", "}", "[", "]", "!Ref x", "null", "- ", ": ", '"', "Fn::If", "*", "&a ", "*a", "\n", "${", "1", "\t", ""]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SAMPLES), st.data(), st.sampled_from(OUTPUTS))
def test_a_broken_sample_ends_in_a_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sample: Path, data: st.DataObject, output: str
) -> None:
    """Never in a stack trace."""
    text = TEXTS[sample]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 25)))
        text = text[:start] + data.draw(st.sampled_from(PIECES)) + text[end:]
    path = tmp_path / f"sample{sample.suffix}"
    path.write_text(text, encoding="utf-8")
    assert main(["check", str(path), "--output", output]) in (CLEAN, FOUND, UNREAD, IN_DOUBT)
    told = capsys.readouterr().err.splitlines()
    assert all(line.startswith("panorama-guard: not read: ") for line in told)
    assert len(told) <= 1
