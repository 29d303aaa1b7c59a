"""The pipeline: from requests to films, in parallel, resuming what an earlier run had begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from studio.job import manifest
from studio.job.events import Finished
from studio.job.request import RenderRequest
from studio.job.tasks import Format, Report, Task
from studio.render.dispatcher import Dispatcher, Steps
from studio.render.film import FAILURES, Rendering, finished, planned, probed
from studio.render.studio import FILMS, Studio, is_fresh

_DISK = 4  # files that are read, hashed or removed at a time, beside the loop


def render(
    studio: Studio, requests: Sequence[RenderRequest], *, format: Format = "mp4"
) -> list[Finished]:
    """Render every request; one that fails leaves the others alone."""
    name = FILMS[format]
    dispatcher = Dispatcher(
        studio.away or studio.here,
        studio.here,
        share=None if studio.away else studio.together,
        on_event=studio.on_event,
    )
    at_once = None if studio.is_cutting else max(1, studio.workers)
    with ThreadPoolExecutor(_DISK) as disk, _stopping(studio):
        fresh = list(disk.map(lambda request: is_fresh(studio, request, name), requests))
        stale = [request for request, is_made in zip(requests, fresh, strict=True) if not is_made]
        run = Rendering(studio, dispatcher, disk, name, format, stale)
        if not studio.is_cutting:
            dispatcher.run([planned(run, request) for request in stale])
        longest_first = sorted(requests, key=lambda request: -run.frames.get(request, 0))
        films = dispatcher.run([finished(run, request) for request in longest_first], at_once)
    manifest.gather(studio.out)
    outcomes = dict(zip(longest_first, films, strict=True))
    return [outcomes[request] for request in requests]


@contextmanager
def _stopping(studio: Studio) -> Iterator[None]:
    """Let nobody go on working for one who has been interrupted."""
    try:
        yield
    except BaseException:
        for executor in filter(None, (studio.here, studio.away)):
            executor.stop()
        raise


def probe(studio: Studio, requests: Sequence[RenderRequest]) -> list[Report | Exception]:
    """How long each clip and its plays are, and what is said when; or why that is not known."""
    dispatcher = Dispatcher(studio.here, on_event=studio.on_event)

    def one(request: RenderRequest) -> Steps[Report | Exception]:
        try:
            return (yield from probed(studio, dispatcher, request))
        except FAILURES as error:
            return error

    with _stopping(studio):
        return dispatcher.run([one(request) for request in requests])


def run_at_home(
    studio: Studio, tasks: Sequence[Task], on_done: Callable[[Task], None] = lambda task: None
) -> None:
    """Have single tasks done here, several at a time; what the first one that fails raises.

    ``on_done`` is told of each that is done.
    """
    dispatcher = Dispatcher(studio.here, on_event=studio.on_event)

    def one(task: Task) -> Steps[Report]:
        done: Report = yield dispatcher.submit(task)
        on_done(task)
        return done

    with _stopping(studio):
        dispatcher.run([one(task) for task in tasks])
