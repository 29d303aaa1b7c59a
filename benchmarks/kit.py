"""What a kit costs, file by file: its films are rendered in a process of their own, which ends."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from studio.cli.main import main
from studio.job.tasks import Report
from studio.kit import contents
from studio.kit.clip import Kit
from studio.render.studio import FILMS
from studio.words.voice import Speaker

Make = Callable[[Kit, Path], None]
LEAST = 0.5  # seconds that are worth a row


def kit(chosen: Namespace) -> None:
    """Processor time of the kit of a figure, at 1080p60 with 10,000 particles, alpha included."""
    costs: dict[str, tuple[float, float]] = {}
    files = contents.files

    def timed(name: str, make: Make, clip: Kit, to: Path) -> None:
        before = os.times()
        make(clip, to)
        after = os.times()
        used = after.user + after.system - before.user - before.system
        costs[name] = used, after.elapsed - before.elapsed

    def all_timed(report: Report, speaker: Speaker | None) -> dict[str, Make]:
        made = files(report, speaker)
        return {name: partial(timed, name, make) for name, make in made.items()}

    begin = os.times()
    with (
        TemporaryDirectory() as folder,
        patch.dict(os.environ, {"FLOWREEL_COUNT": "10000"}),
        patch.object(contents, "files", all_timed),
    ):
        made = f"{folder}/reel"
        asked = ["kit", chosen.clips or "PointPolar", "-q", "h", "--to", made]
        main(asked, standalone_mode=False)
        end = os.times()
        print("\n| file | processor time, s | on the clock, s | MB |")
        print("| --- | --- | --- | --- |")
        sizes = {path.name: path.stat().st_size for path in Path(made).glob("*/*")}
        for name, (used, clock) in sorted(costs.items(), key=lambda cost: -cost[1][0]):
            if used > LEAST:
                print(f"| `{name}` | {used:.1f} | {clock:.1f} | {sizes[name] / 1e6:.1f} |")
        films = sum(sizes[name] for name in FILMS.values()) / 1e6
        used = end.children_user + end.children_system - begin.children_user - begin.children_system
        names = ", ".join(f"`{name}`" for name in FILMS.values())
        print(f"| {names} | {used:.1f} |  | {films:.1f} |")
        own = end.user + end.system - begin.user - begin.system
        print(f"| all of it | {own + used:.1f} | {end.elapsed - begin.elapsed:.1f} |  |")
