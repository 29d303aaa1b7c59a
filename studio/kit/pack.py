"""Packing kits: films first, then folder by folder whatever is not there as it should be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from threading import Event as Happened
from threading import Lock

from stage.film.atomic import atomic_path
from stage.text.language import language_of, speaking
from studio.extras import MissingError, install_hint, missing
from studio.job import manifest
from studio.job.events import Event, OnEvent, Planned, Started
from studio.job.files import locked, sha256
from studio.job.request import RenderRequest
from studio.job.sources import digest, sources_of
from studio.job.tasks import Format
from studio.kit import contents
from studio.kit.clip import SMALLER, Kit, opened
from studio.render.pipeline import render
from studio.render.studio import FILMS, Studio
from studio.words.voice import Speaker, find_voice, no_voice, speaker_in

_CLEAR: tuple[Format, ...] = ("mov", "webm")  # films without background


@dataclass(frozen=True)
class Packed:
    """What became of a kit, file by file."""

    request: RenderRequest
    made: tuple[str, ...]
    """Files that were made anew."""
    failed: dict[str, str]
    """Files that could not be made, and why."""


def pack(
    studio: Studio, requests: list[RenderRequest], *, alpha: bool = True, spoken: bool = False
) -> list[Packed]:
    """Render what is stale, and fill each clip's folder; what became of each, file by file.

    Folders are filled side by side, each by two cores: reading a film takes one, encoding more.
    """
    if missing("talk"):
        raise MissingError(f"A kit needs {', '.join(missing('talk'))}: {install_hint('talk')}")
    language = language_of(requests[0].language)
    voice = find_voice(language) if spoken else None
    if spoken and not voice:
        raise MissingError(no_voice(language))
    speaker = speaker_in(voice, studio.out) if voice else None
    ahead, given_up = _Ahead(studio.on_event), Happened()
    flaws = _filmed(studio, requests, alpha, ahead)
    asked = replace(studio, on_event=_unless(given_up, studio.on_event))

    def fill(request: RenderRequest) -> Packed:
        if "clip" in flaws[request]:
            return Packed(request, (), flaws[request])
        with locked(studio.out, request.folder):
            done = _fill(asked, request, speaker, ahead)
        return replace(done, failed=flaws[request] | done.failed)

    with ThreadPoolExecutor(max(1, studio.cores // 2)) as pool:
        try:
            packed = list(pool.map(fill, requests))
        except BaseException:
            given_up.set()
            raise
    manifest.gather(studio.out)
    return packed


def _filmed(
    studio: Studio, requests: list[RenderRequest], alpha: bool, ahead: _Ahead
) -> dict[RenderRequest, dict[str, str]]:
    """Have all films rendered; which of a clip's could not be, and why: ``clip`` is the first."""
    clear = _CLEAR if alpha else ()
    passes = 2 + len(clear)  # each film is rendered and made into a smaller one, for all we know
    films = render(replace(studio, on_event=ahead.planned("films", passes)), requests)
    flaws = {one.request: {"clip": one.why} if one.state == "failed" else {} for one in films}
    there = [request for request in requests if not flaws[request]]
    ahead.expect("films", ahead.frames.get("films", 0) // passes)
    lengths = {one: opened(one, studio.out / one.folder).frames for one in there}
    for request, frames in lengths.items():
        ahead.expect(f"{request.folder}/{SMALLER}", frames)
    for format in clear:
        ahead.expect(format, sum(lengths.values()))
    for format in clear:
        told = replace(studio, on_event=ahead.planned(format))
        made = render(told, there, format=format)
        ahead.expect(format, sum(lengths[one.request] for one in made if one.state == "rendered"))
        for done in made:
            if done.state == "failed":
                flaws[done.request][FILMS[format]] = done.why
    return flaws


def _unless(given_up: Happened, on_event: OnEvent) -> OnEvent:
    """Tell, unless nobody listens any more: whoever works then stops."""

    def checked(event: Event) -> None:
        if given_up.is_set():
            raise _GivenUpError
        on_event(event)

    return checked


class _GivenUpError(Exception):
    """Whoever asked for a kit has gone: it is not finished."""


@dataclass
class _Ahead:
    """What is still to be gone through, told whenever more is known of it."""

    on_event: OnEvent
    frames: dict[str, int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def expect(self, part: str, frames: int) -> None:
        """How many frames a part of the job has."""
        with self.lock:
            self.frames[part] = frames
            self.on_event(Planned(sum(self.frames.values())))

    def planned(self, part: str, passes: int = 1) -> OnEvent:
        """What listens to a part of the job, whose films are gone through several times."""

        def on_event(event: Event) -> None:
            if isinstance(event, Planned):
                self.expect(part, event.frames * passes)
            else:
                self.on_event(event)

        return on_event


def _fill(studio: Studio, request: RenderRequest, speaker: Speaker | None, ahead: _Ahead) -> Packed:
    folder = studio.out / request.folder
    clip = replace(opened(request, folder), on_event=studio.on_event)
    with speaking(clip.language):
        return _packed(studio, clip, speaker, ahead)


def _packed(studio: Studio, clip: Kit, speaker: Speaker | None, ahead: _Ahead) -> Packed:
    """Fill the folder of a clip whose language is spoken."""
    request, folder = clip.request, clip.folder
    inputs = digest(
        {
            "film": sha256(clip.film),
            "report": asdict(clip.report),
            "clip": [clip.title, clip.shows, clip.chapter],
            "words": sources_of(clip.language),
            "kit": contents.VERSION,
            "makers": contents.makers(),
        }
    )
    there = manifest.read(folder)["files"]
    entries = [there[name] for format in _CLEAR if (name := FILMS[format]) in there]
    clear = [entry["sha256"] for entry in entries if entry["inputs"] == request.fingerprint]
    listed = digest({"kit": inputs, "place": request.clip.place, "clear": clear})
    manifest.prune(folder, {inputs, listed, request.fingerprint})
    made: list[str] = []
    failed: dict[str, str] = {}
    for name, make in contents.files(clip.report, speaker).items():
        is_list = name == "meta.json"
        source = listed if is_list else inputs
        if manifest.is_fresh(folder, name, source) and not (is_list and made):
            ahead.expect(f"{folder.name}/{name}", 0)
            continue
        studio.on_event(Started(f"{request.folder}/{name}"))
        try:
            with atomic_path(folder / name) as part:
                make(clip, part)
            manifest.record(folder, name, source)
            made.append(name)
        except (ValueError, OSError, RuntimeError) as error:
            failed[name] = str(error)
    return Packed(request, tuple(made), failed)
