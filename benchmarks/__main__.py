"""Everything that README.md here claims, measured again.

    python -m benchmarks                       all but those below
    python -m benchmarks render growth    also peers, encoder, clear, start, memory
    python -m benchmarks render --rounds 5     medians of more rounds
    python -m benchmarks peers --large         with 3,300 stream lines: some minutes more
    python -m benchmarks against --commit ID   our own time in parts of that of an earlier commit
    python -m benchmarks holds --clips Modes   what holds cost beside their clips
    python -m benchmarks kit                   what each file of a kit costs: some minutes
    python -m benchmarks live                  a live page, without a GPU: needs Chromium

Every round interleaves what it compares, so that a busy machine slows all of it alike. A ratio is
the median over the rounds of ratios within a round, and its spread the least and the most.
"""

from __future__ import annotations

import argparse
import os
import platform

from benchmarks import against, clear, encoder, holds, kit, live, render, whole

PARTS = {
    "render": render.render,
    "peers": render.peers,
    "growth": render.growth,
    "encoder": encoder.encoder,
    "clear": clear.clear,
    "start": whole.start,
    "memory": whole.memory,
}
ASKED = {"against": against.against, "holds": holds.holds, "kit": kit.kit, "live": live.live}
"""Parts that run only where they are asked for."""


def main() -> None:
    """Run the parts that were asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS, *ASKED], metavar="part")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="between two captions")
    parser.add_argument("--commit", default="bc4babc", help="what to compare with")
    parser.add_argument("--cases", default="1,2,3,4,5", help="which of the cases, from 1 on")
    parser.add_argument("--plays", default="0,4", help="the plays of the clip, as manim -n")
    parser.add_argument("--clips", default="", help="whose holds, all with some; whose kit")
    parser.add_argument("--lines", type=int, default=480, help="of the pictures of holds")
    parser.add_argument("--large", action="store_true", help="3,300 stream lines as well")
    chosen = parser.parse_args()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f} before the start")
    for name in chosen.parts or PARTS:
        print(f"\n## {name}\n")
        (PARTS | ASKED)[name](chosen)


if __name__ == "__main__":
    main()
