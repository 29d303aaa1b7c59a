"""The README's cells run, and print what they say."""

import contextlib
import io
import re
from pathlib import Path

README = Path(__file__).parents[2] / "fields" / "README.md"
CELLS = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
NUMBER = r"-?\d+(?:\.\d+)?"


def test_there_are_ten_cells():
    assert len(CELLS) == 10


def test_cells_run_one_after_the_other_and_print_what_they_say():
    names = {}
    for cell in CELLS:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(cell, "fields/README.md", "exec"), names)
        for promise in re.findall(r"print\(.*\)  # (.*)", cell):
            printed = [float(one) for one in re.findall(NUMBER, said.getvalue())]
            for number in re.findall(NUMBER, promise.split(":")[0]):
                assert float(number) in printed, (promise, said.getvalue())
