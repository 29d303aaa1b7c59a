"""What other tools make of a kit's text to copy: made by each, clicked through, and looked at.

    python -m benchmarks.tools media/reel/DepthMorph-1920x1080p60
    python -m benchmarks.tools KIT --only marp slidev --window 1024,768 --to shots

Packages come from npm, pinned, into ``--packages``. What a window shows at each stop is written as
a picture, and compared with the frames of the film that is to be there.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import gettempdir
from threading import Thread
from typing import Any

from benchmarks.joints import chromium
from benchmarks.tools.talks import TALKS, MissingToolError, Talk, beamer, copied, stops
from benchmarks.tools.walk import walk


def main() -> None:
    """Go through the talks that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tools", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("kit", type=Path)
    parser.add_argument("--only", nargs="*", choices=[*TALKS, "beamer"], default=[*TALKS, "beamer"])
    parser.add_argument(
        "--window", default="1280,720", help="its size; 1024,768 is of another shape"
    )
    parser.add_argument("--packages", type=Path, default=Path(gettempdir(), "flowreel-tools"))
    parser.add_argument("--to", type=Path, default=Path(gettempdir(), "flowreel-shots"))
    asked = parser.parse_args()
    kit = asked.kit.resolve()
    asked.to.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name in asked.only:
            try:
                if name == "beamer":
                    print(f"beamer: {beamer(copied(kit, 'Beamer'), kit.parent)}")
                    continue
                tool, make = TALKS[name]
                talk = make(copied(kit, tool), kit.parent, asked.packages.resolve())
            except MissingToolError as missing:
                print(f"{name}: {missing}")
                continue
            width, height = map(int, asked.window.split(","))
            page = browser.new_page(viewport={"width": width, "height": height})
            _look(page, talk, name, kit, asked.to)
            page.close()


def _look(page: Any, talk: Talk, name: str, kit: Path, to: Path) -> None:
    """Click through one talk, and tell what was seen."""
    with address(talk) as where:
        page.goto(where)
        page.wait_for_timeout(2000)
        page.add_style_tag(content=".bespoke-marp-osc { display: none !important }")
        wanted = stops(kit)
        if not talk.holds:
            wanted = [type(stop)(stop.film, None, stop.loops) for stop in wanted]
        for number, seen in enumerate(walk(page, wanted, talk.key), 1):
            seen.picture.save(to / f"{name}-{number}.png")
            rests = (
                "holds"
                if wanted[number - 1].hold
                else "loops"
                if wanted[number - 1].loops
                else "rests"
            )
            edges = sorted(set(seen.edges))
            print(
                f"{name} ({talk.versions}), click {number}: {wanted[number - 1].film.name} plays, "
                f"{rests}; {seen.apart:.2f} levels from its frame, corners {edges}"
            )


@contextmanager
def address(talk: Talk) -> Iterator[str]:
    """Where a talk is: its file, or a server of its folder for this machine alone."""
    if not talk.served:
        yield talk.page.as_uri()
        return
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=talk.page.parent))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
