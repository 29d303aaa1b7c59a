"""Text to copy into pages and into slides that are pages: HTML, reveal.js, Quarto."""

from __future__ import annotations

import html

from stage.text.language import current
from studio.snippets.parts import Told, attribute, clicks, films, notes, shown

# A slide of reveal.js is scaled, and its margin is left free; these lengths undo both.
_STYLE = """\
<style>
  .flowreel { position: absolute; inset: 0; }
  .reveal .flowreel video {
    position: absolute; left: 50%; top: 50%; transform: translate(-50%, -50%);
    width: calc(var(--viewport-width, 960px) / var(--slide-scale, 1));
    height: calc(var(--viewport-height, 700px) / var(--slide-scale, 1));
    max-width: none; max-height: none; margin: 0; object-fit: contain;
  }
  .reveal .flowreel video:nth-child(n + 2) { opacity: 0; }
</style>"""
# Films of a step lie one above the other, and so do steps: what comes next is shown on top.
# Whoever goes back finds the step before at its end. reveal.js plays first films by itself.
_SCRIPT = """\
<script>
  {
    const slide = document.currentScript.closest("section");
    const steps = [...slide.querySelectorAll(".flowreel")];
    const films = (step) => [...step.querySelectorAll("video")];
    const seen = () => steps.findLast((step) => !step.matches(".fragment:not(.visible)"));
    const on = (event, act) =>
      slide.addEventListener(event, ({ target }) => act(target, target.parentElement), true);
    on("ended", (film) => {
      const next = film.nextElementSibling;
      if (film === rests || next?.localName !== "video") return;
      next.currentTime = 0;
      next.style.opacity = 1;
      next.play();
    });
    on("playing", (film, step) => {
      if (film === rests) return;
      if (step !== seen()) return film.pause();
      for (const other of steps.flatMap(films)) if (![film, rests].includes(other)) other.pause();
      if (film === films(step)[0])
        for (const later of films(step).slice(1)) later.style.opacity = 0;
    });
    let last = steps[0], rests = null;
    new MutationObserver((changes) => {
      const comes = changes.some(({ target }) => target === slide);
      const back = !comes && steps.indexOf(seen()) < steps.indexOf(last);
      last = seen();
      rests = null;
      if (!back) return;
      const [first] = films(last), end = films(last).at(-1);
      if (!first.paused) rests = first;
      end.style.opacity = 1;
      if (end.loop) end.play();
      else end.currentTime = end.duration;
    }).observe(slide, { attributeFilter: ["class"], subtree: true });
  }
</script>"""


def page(told: Told) -> str:
    """The whole clip on a page; the quality that reveal.js asks for is there as well."""
    loop, language = " loop" if told.loops else "", current()
    return "\n".join(
        [
            f'<video src="{told.clip}" poster="{told.at("poster.png")}" '
            f'data-autoplay autoplay{loop} muted playsinline width="100%"',
            f'  aria-label="{attribute(told.alt)}">',
            f'  <track kind="captions" srclang="{language.tag}" label="{language.name}" '
            f'src="{told.at(f"captions.{language.tag}.vtt")}">',
            "</video>",
        ]
    )


def reveal(told: Told) -> str:
    """A slide of reveal.js; each step is a fragment, and its notes are in it."""
    return "\n".join(
        [
            f'<section data-background-color="{told.background}" style="height: 100%; padding: 0">',
            *_steps(told, with_notes=True),
            _STYLE,
            _SCRIPT,
            "</section>",
        ]
    )


def quarto(told: Told) -> str:
    """The same for a Quarto document of the format revealjs."""
    said = [line for together in clicks(told.parts) for line in notes(together)]
    return "\n".join(
        [
            f'## {{background-color="{told.background}" style="height: 100%; padding: 0"}}',
            "",
            "```{=html}",
            *_steps(told, with_notes=False),
            _STYLE,
            _SCRIPT,
            "```",
            "",
            "::: {.notes}",
            *(f"{shown(line)}\\" for line in said or [told.alt]),
            ":::",
        ]
    )


def _steps(told: Told, *, with_notes: bool) -> list[str]:
    lines = []
    for number, together in enumerate(clicks(told.parts)):
        fragment = " fragment" if number else ""
        lines.append(f'<div class="flowreel{fragment}">')
        for place, (film, loops) in enumerate(films(together)):
            plays = ("" if place else "data-autoplay ") + ("loop " if loops else "")
            described = "" if place else f' aria-label="{attribute(together[0].alt or told.alt)}"'
            lines.append(
                f'  <video src="{told.at(film)}" {plays}muted playsinline preload="auto"'
                f"{described}></video>"
            )
        said = notes(together)
        if with_notes and said:
            told_lines = "<br>".join(html.escape(line, quote=False) for line in said)
            lines.append(f'  <aside class="notes">{told_lines}</aside>')
        lines.append("</div>")
    return lines
