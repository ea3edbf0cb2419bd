"""Modules that wait to be used."""

import subprocess
import sys


def test_a_module_is_run_when_something_of_it_is_used(tmp_path):
    (tmp_path / "late.py").write_text("print('ran')\nvalue = 3\n")
    code = (
        "from pipeline.validate.lazy import import_lazily; import_lazily('late'); import late;"
        "print('imported'); print(late.value)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["imported", "ran", "3"]
