"""A lecturer's own voice: line by line, by any program that records, and no take is ever lost."""

from __future__ import annotations

import json
import sys
import wave
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from studio.cli.main import main
from studio.primer.rehearsal import Line, state
from studio.words.recorder import NoMicrophoneError, Recorder, find_recorder, recorder_of
from studio.words.takes import Takes, named_by_beat
from tests.studio.conftest import ROOT

MICROPHONE = """
import math, signal, sys, time, wave
stopped = []
signal.signal(signal.SIGINT, lambda *of: stopped.append(True))
with wave.open(sys.argv[1], "wb") as file:
    file.setnchannels(1), file.setsampwidth(2), file.setframerate(8000)
    tone = [round(9000 * math.sin(0.3 * n)) for n in range(2000 if stopped else 4000)]
    file.writeframes(b"".join(n.to_bytes(2, "little", signed=True) for n in tone))
    file._patchheader()
    while not stopped:
        time.sleep(0.01)
"""
BEATS = ["Drifting.here.1", "Drifting.there.1", "Drifting.there.2"]


@pytest.fixture
def microphone(tmp_path: Path) -> str:
    program = tmp_path / "microphone.py"
    program.write_text(MICROPHONE)
    return f"{sys.executable} {program} {{out}}"


def tone(path: Path, seconds: float = 0.5, level: int = 9000) -> Path:
    path.parent.mkdir(exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1), file.setsampwidth(2), file.setframerate(8000)
        file.writeframes(
            b"".join(
                (level * (-1) ** (n // 20)).to_bytes(2, "little", signed=True)
                for n in range(round(8000 * seconds))
            )
        )
    return path


def test_lines_are_recorded_again_skipped_and_taken_up_later(
    microphone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, elsewhere = tmp_path / "my takes", tmp_path / "elsewhere"
    lines = [
        Line(BEATS[0], "It drifts", "Here", "One dot goes.", 0.0, 5.9),
        Line(BEATS[1], "It drifts", "There", "And it stops.", 6.0, 3.4),
        Line(BEATS[2], "It drifts", "There", "Or so.", 9.5, 3.4),
    ]
    monkeypatch.setattr("studio.cli.record._lines", lambda *of: lines)

    def record(keys: str, *more: object) -> Result:
        options = ["record", "--takes", str(folder), *map(str, more)]
        return CliRunner().invoke(main, options, input=keys)

    def there() -> list[str]:
        return sorted(path.name for path in folder.glob("*.wav"))

    # the first line twice, the second one skipped, the third left out, and an end
    said = record("\n\nr\n\n\n\ns\n\n\nd\nq\n", "--recorder", microphone)
    assert said.exit_code == 0, said.output
    assert "It drifts: Here" in said.output and "One dot goes." in said.output
    assert "at 0:06, 3.4 s" in said.output and "0.5 s, fits" in said.output
    first = [f"{BEATS[0]}.take-01.wav", f"{BEATS[0]}.take-02.wav"]
    assert there() == [*first, f"{BEATS[2]}.take-01.left-out.wav"]
    assert "2 of 3 lines have no take" in said.output

    on = record("\n", "--recorder", microphone)  # and then the terminal is closed
    assert "1 of 2" in on.output and "And it stops." in on.output
    assert on.exit_code == 130 and "the same command goes on" in on.output
    left_out = [f"{BEATS[1]}.take-01.left-out.wav", f"{BEATS[2]}.take-01.left-out.wav"]
    assert there() == [*first, *left_out]

    for beat in BEATS[1:]:
        tone(elsewhere / f"{beat}.wav", 5.0 if beat == BEATS[1] else 0.5)
    for _ in range(2):  # the same files again are no other takes
        told = json.loads(record("", "--from", elsewhere, "--json").stdout)
    assert [line["name"] for line in told] == BEATS
    assert [line["state"] for line in told] == [
        "0.5 s, fits",
        "5.0 s, 1.6 s too long: the picture will be held for as long",
        "0.5 s, fits",
    ]
    brought = [path.name for path in map(Takes(folder).of, BEATS) if path]
    assert brought == [first[1], f"{BEATS[1]}.take-02.wav", f"{BEATS[2]}.take-02.wav"]
    assert set(there()) == {*first, *left_out, *brought}
    done = record("", "--recorder", microphone)
    assert f"flowreel film --takes '{folder}'" in done.output


def test_without_a_microphone_nothing_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("import sys\nprint('audio open error: No such device', file=sys.stderr)\n")
    recorder = recorder_of(f"{sys.executable} {broken} {{out}}")
    takes = Takes(tmp_path)
    why = r"recorded nothing: audio open error: No such device\. .*--recorder .*--from FOLDER"
    with (
        pytest.raises(NoMicrophoneError, match=why),
        takes.recording("A.b.1") as part,
        recorder.into(part),
    ):
        pytest.fail("it is not as if it recorded")
    assert list(tmp_path.glob("*.wav")) == []
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoMicrophoneError, match="looked for: arecord"):
        find_recorder("linux")
    for wrong, named in (("sox {file}", "write it with"), ("nosuch {out}", "no program 'nosuch'")):
        with pytest.raises(ValueError, match=named):
            recorder_of(wrong)


def test_what_is_interrupted_is_kept_and_does_not_count(microphone: str, tmp_path: Path) -> None:
    recorder, takes = recorder_of(microphone), Takes(tmp_path)
    with pytest.raises(KeyboardInterrupt), takes.recording("A.b.1") as part, recorder.into(part):
        raise KeyboardInterrupt
    assert takes.of("A.b.1") is None
    assert [path.name for path in tmp_path.glob("A.*")] == ["A.b.1.take-01.left-out.wav"]
    tone(tmp_path / "A.b.1.take-02.recording.wav")  # of one that was killed
    assert takes.coming("A.b.1").name == "A.b.1.take-03.wav"
    assert [path.name for path in takes.recovered()] == ["A.b.1.take-02.left-out.wav"]


def test_a_program_that_does_not_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf = tmp_path / "deaf.py"
    deaf.write_text(
        "import signal, sys, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "open(sys.argv[1], 'wb').write(bytes(5000))\ntime.sleep(60)\n"
    )
    monkeypatch.setattr("studio.words.recorder._ENDS", 0.1)
    with Recorder((sys.executable, str(deaf), "{out}")).into(tmp_path / "one.wav"):
        pass
    assert (tmp_path / "one.wav").stat().st_size == 5000


def test_a_program_that_is_slow_to_begin_is_waited_for(tmp_path: Path) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text(f"import time\ntime.sleep(0.8)\n{MICROPHONE}")
    with Recorder((sys.executable, str(slow), "{out}")).into(tmp_path / "one.wav"):
        pass
    with wave.open(str(tmp_path / "one.wav")) as heard:
        assert heard.getnframes() > 0


def test_the_last_take_counts_and_a_file_of_the_lines_name_before_all(tmp_path: Path) -> None:
    takes = Takes(tmp_path / "none yet")
    assert takes.of("A.b.1") is None and takes.coming("A.b.1").name == "A.b.1.take-01.wav"
    takes = Takes(tmp_path)
    one, two = (tone(tmp_path / f"A.b.1.take-0{number}.wav") for number in (1, 2))
    tone(tmp_path / "A.b.10.take-07.wav")
    assert takes.of("A.b.1") == two
    takes.leave_out(two)
    assert takes.of("A.b.1") == one and takes.coming("A.b.1").name == "A.b.1.take-03.wav"
    own = tone(tmp_path / "A.b.1.wav", 0.7)
    assert takes.of("A.b.1") == own
    line = Line("A.b.1", "C", "b", "Its words.", 0.0, 0.6)
    assert state(line, takes) == "0.7 s, 0.1 s too long: the picture will be held for as long"
    takes.note(own, "Other words.")
    assert state(line, takes) == "recorded for other words"
    silent = tone(tmp_path / "A.b.2.wav", level=0)
    assert state(Line("A.b.2", "C", "b", "", 0.0, 1.0), takes) == (
        f"{silent}: nothing is heard in it; is the microphone muted?"
    )


def test_files_of_no_line_are_named(tmp_path: Path) -> None:
    tone(tmp_path / "Drifting.here1.wav")
    with pytest.raises(ValueError, match=r"no line of that name; is it 'Drifting\.here\.1'\?"):
        named_by_beat(tmp_path, BEATS)
    (tmp_path / "Drifting.here1.wav").unlink()
    parted = tone(tmp_path / "Wer.gewa\u0308hlt.1.WAV")
    assert named_by_beat(tmp_path, ["Wer.gew\u00e4hlt.1"]) == {"Wer.gew\u00e4hlt.1": parted}
    tone(tmp_path / "Wer.gew\u00e4hlt.1.flac")
    with pytest.raises(ValueError, match="are of one line; leave one"):
        named_by_beat(tmp_path, ["Wer.gew\u00e4hlt.1"])
    with pytest.raises(ValueError, match="holds no sound file; flowreel record --list"):
        named_by_beat(ROOT / "assets", BEATS)
