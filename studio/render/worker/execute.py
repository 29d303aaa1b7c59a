"""Running a task inside a worker: a clip, or some of its plays."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from socket import gethostname
from typing import Any

from stage.configured import configured
from stage.film.bt709 import join
from stage.knobs.settings import settings
from stage.scene import FlowScene
from stage.text.language import gettext
from studio.film.joint import make_joint
from studio.job.clips import HOUSE
from studio.job.files import sha256, write_atomically
from studio.job.sources import digest, makers, sources
from studio.job.tasks import DataFile, RefusedError, Report, Said, Step, Task
from studio.render.scene_file import is_of_ours, load_module, told_of
from studio.render.worker.task_renderer import NextTask, TaskRenderer, largest_plane

_FEW = 50  # particles: time does not depend on how many there are
_loaded: dict[str, str] = {}  # what this process knows of files that are read once in its life


class StaleError(Exception):
    """This process has loaded something that has changed since; a new one has not."""


def run_task(task: Task, on_frames: Callable[[int], None], next_task: NextTask) -> Report | None:
    """Do what the task asks; RefusedError if it cannot be done however often it is tried.

    SceneError if the scene raises what it would raise again, StaleError if this process cannot do
    it and a new one can. Where plays of the clip come after it, ``next_task`` is told and may give
    the next task; None is returned if that has answered the last one.
    """
    path = HOUSE / task.file
    if not path.is_file():
        raise RefusedError(
            f"{path} is not on {gethostname()}: away from home, film the clips of the house, or "
            "put the scene files at the same place there."
        )
    made_from = sources(path, task.language)
    if digest(made_from) != task.sources:
        raise RefusedError(
            f"The worker in {HOUSE} on {gethostname()} has other sources for {task.clip} than the "
            "one who asks; bring both to the same version."
        )
    here = makers()
    if others := [f"{n} {here.get(n)}, not {v}" for n, v in task.makers if here.get(n) != v]:
        raise RefusedError(
            f"The worker in {HOUSE} on {gethostname()} has {'; '.join(others)}: other frames might "
            "come of it. Install there with --constraint constraints.txt, as here."
        )
    if task.kind == "join":
        return _joined(task)
    if task.kind == "joint":
        one, other = map(Path, task.parts)
        squares = task.squares[0], task.squares[1]
        make_joint(one, other, Path(task.target), fps=task.fps, squares=squares)
        return Report(seconds=0.0, plays=(), said=(), sections=(), frames=0)
    read = made_from | {"manim.cfg": task.cfg}  # by Manim, when it was loaded
    if any(_loaded.setdefault(name, what) != what for name, what in read.items()):
        raise StaleError
    _apply_knobs(task)
    with told_of(path):
        return _played(task, path, on_frames, next_task)


def _played(
    task: Task, path: Path, on_frames: Callable[[int], None], next_task: NextTask
) -> Report | None:
    kind, said, sections = _observed(task, path)
    with configured(_settings(task, path)):
        renderer = None
        try:
            # not as the scene will have it: to find out about a clip takes but a few
            count = int(settings(dict(task.knobs)).get("count", getattr(kind, "count", 0)))
            with configured(kind().frame_settings):  # by its knobs: the camera comes after them
                renderer = TaskRenderer(task, on_frames, next_task)
            scene = kind(renderer)
            scene.render()
        except (ValueError, TypeError) as error:
            if not is_of_ours(error) or (renderer and renderer.file_writer.frames):
                raise
            raise RefusedError(str(error)) from error
        if renderer.is_answered:
            return None
        return replace(
            renderer.report(),
            said=tuple(said),
            sections=tuple(some for some in sections if some[1] < renderer.time),
            loops=task.kind == "probe" and renderer.loops(scene),
            opens=renderer.opens,
            closes=largest_plane(scene) if task.kind == "probe" else (),
            has_sound=renderer.file_writer.includes_sound,
            seed=getattr(scene, "seed", None),
            background=str(scene.theme.background),
            language=scene.language,
            steps=_steps(scene, task, count),
        )


def _settings(task: Task, path: Path) -> dict[str, Any]:
    """What Manim goes by for a task."""
    target, cache = Path(task.target), Path(task.cache)
    settings: dict[str, Any] = {
        "media_dir": str(cache),
        "video_dir": str(target.parent),
        "partial_movie_dir": str(cache),
        "images_dir": str(cache),
        "tex_dir": "typeset",
        "text_dir": "typeset",
        "assets_dir": str(path.parent),
        "output_file": target.stem,
        "format": task.format,
        "transparent": task.format != "mp4",
        "pixel_width": task.width,
        "pixel_height": task.height,
        "frame_rate": task.fps,
        "max_files_cached": -1,
        "progress_bar": "none",
        "verbosity": "WARNING",
    }
    if task.format == "mp4":
        return settings
    # what manim.cfg asks of H.264 is not for ProRes or VP9
    return settings | {"video_codec": "auto", "pixel_format": "auto", "video_encoder_options": {}}


def _steps(scene: FlowScene, task: Task, count: int) -> tuple[Step, ...]:
    from studio.live.held import told_of  # it sets equations: a clip without a swarm never loads it

    start, size = getattr(scene, "start", ()), scene.frame_settings
    frame = size["frame_width"], size["frame_height"]
    done = scene.steps.done
    ends = [*(step.begin for step in done[1:]), scene.time]
    live = [told_of(step.held, start, count, frame) if step.held else "" for step in done]
    for step, told in zip(done, live, strict=True):
        if step.asks and not told:
            raise RefusedError(
                f"{task.clip}, section {step.name!r}: it asks for a live step, and no live page "
                "knows what flows at its end; ask for stop='flow'."
            )
    return tuple(
        Step(
            name=step.name,
            start=step.begin,
            end=end,
            plays=(step.plays.start, step.plays.stop),
            hold=(step.hold.start, step.hold.stop),
            stops=step.stops,
            live=told,
            asks=step.asks,
        )
        for step, end, told in zip(done, ends, live, strict=True)
    )


def _joined(task: Task) -> Report:
    parts = [Path(task.cache) / name for name in task.parts]
    if not all(part.is_file() for part in parts):
        raise RefusedError(f"{task.clip}: others have not rendered their plays.")
    target = Path(task.target)
    target.parent.mkdir(parents=True, exist_ok=True)
    join(parts, target)
    return Report(seconds=0.0, plays=(), said=(), sections=(), frames=0)


def _apply_knobs(task: Task) -> None:
    for variable in [name for name in os.environ if name.startswith(("FLOWREEL_", "REEL_"))]:
        del os.environ[variable]
    os.environ.update(dict(task.knobs))
    os.environ.update({data.variable: str(_at_hand(data)) for data in task.data})
    if task.kind == "probe":
        os.environ["FLOWREEL_COUNT"] = str(_FEW)


def _at_hand(data: DataFile) -> Path:
    """Where the file is here: at its own place, else a copy of what came along.

    RefusedError where it is neither, or is not what it was when the command was given.
    """
    path = Path(data.path)
    if path.is_file() and sha256(path) == data.sha256:
        return path
    if data.content is not None and hashlib.sha256(data.content).hexdigest() == data.sha256:
        copy = Path("data", data.sha256[:16], path.name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(copy, data.content)
        return copy.resolve()
    if path.is_file() or data.content is not None:
        raise RefusedError(
            f"{path} on {gethostname()} is not what it was when the command was given; give it "
            "again, or bring the same file there."
        )
    raise RefusedError(
        f"{path} is not on {gethostname()}, and is too large to be sent with each task; put it at "
        "the same place there, or render here, without --scheduler."
    )


def _observed(
    task: Task, path: Path
) -> tuple[type[FlowScene], list[Said], list[tuple[str, float]]]:
    """The clip's class, and two lists that it fills: what is said, and when sections begin.

    Times are those of the film: what is left out of it says nothing, and is no section.
    """
    clip = getattr(load_module(path), task.clip)
    said: list[Said] = []
    sections: list[tuple[str, float]] = []

    def say(scene: FlowScene, sentence: str, *animations: object, seconds: float) -> None:
        start = scene.time
        clip.say(scene, sentence, *animations, seconds=seconds)
        if scene.time > start:
            said.append(Said(gettext(sentence), start, scene.time))

    def next_section(scene: FlowScene, name: str = "unnamed", *args: object, **kw: object) -> None:
        clip.next_section(scene, name, *args, **kw)
        if sections and sections[-1][1] == scene.time:  # nothing was shown of the last one
            sections.pop()
        sections.append((gettext(name), scene.time))

    body = {"say": say, "next_section": next_section, "__module__": clip.__module__}
    return type(clip.__name__, (clip,), body), said, sections
