"""Say where a rendered film is, how long it is, and what to try next.

python scripts/report.py scenes/deep.py DepthMorph
"""

import sys
from pathlib import Path

import av


def report(file: Path, scene: str) -> str:
    """The film that ``manim -qh file scene`` left, in words; SystemExit where there is none."""
    film = Path("media", "videos", file.stem, "1080p60", f"{scene}.mp4")
    if not film.exists():
        raise SystemExit(f"flowreel: {film} is not there; what did Manim say above?")
    with av.open(film) as container:
        picture = container.streams.video[0]
        seconds = (container.duration or 0) / av.time_base
        shape = f"{picture.width} × {picture.height} at {float(picture.average_rate or 0):g} fps"
    clip = f"{file} {scene}"
    return f"""
{film}
{seconds:.1f} s, {shape}

Next:
  .venv/bin/manim -pqh {clip}                   play it when it is rendered
  .venv/bin/manim -ql {clip}                    a small draft, while you change it
  .venv/bin/manim -qh --save_sections {clip}    one file a section, for a lecture"""


if __name__ == "__main__":
    print(report(Path(sys.argv[1]), sys.argv[2]))
