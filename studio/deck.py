"""A talk of many clips: a slide for each, as PowerPoint, HTML and PDF."""

from __future__ import annotations

from pathlib import Path

from studio import slides
from studio.kit import opened
from studio.order import Order, inside


def build(out: Path, orders: list[Order], *, name: str = "talk", embed: bool = False) -> list[Path]:
    """Write ``talk.pptx``, ``talk.html`` and ``talk.pdf`` from kits that are there."""
    folder = inside(out, name)
    folder.mkdir(parents=True, exist_ok=True)
    pages = [opened(order, out / order.folder).slide(film="clip.720p.mp4") for order in orders]
    powerpoint, page, paper = (folder / f"talk.{form}" for form in ("pptx", "html", "pdf"))
    slides.powerpoint(pages, powerpoint)
    slides.html(pages, page, title="Gradient flows", embed=embed)
    slides.pdf(pages, paper)
    return [powerpoint, page, paper]
