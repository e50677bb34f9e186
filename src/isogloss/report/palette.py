"""Colours and looks of figures by name.

In a page the names are classes, so that one drawing serves light and dark; in a file they are the light
colours of `COLOURS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

_STATED = yaml.safe_load(Path(__file__).with_name("palette.yaml").read_text(encoding="utf-8"))
COLOURS: dict[str, tuple[str, str]] = {
    role: (light, dark) for role, (light, dark) in _STATED["colours"].items()
}
"""Light and dark value of each role."""

N_STEPS = 11
"""Steps of a heat map's scale."""


def _mixed(low: str, high: str, share: float) -> str:
    parts = [
        round(int(low[i : i + 2], 16) + share * (int(high[i : i + 2], 16) - int(low[i : i + 2], 16)))
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


def _ink_on(colour: str) -> str:
    """Black or white by WCAG's relative luminance: .179 is where both have the same contrast."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff"


def _scales() -> dict[str, tuple[str, str]]:
    """Colours of heat maps and of text on them: k0..k10 sequential, d0..d10 from negative to positive."""
    found: dict[str, tuple[str, str]] = {}
    for step in range(N_STEPS):
        share = step / (N_STEPS - 1)
        signed = 2 * share - 1
        away = abs(signed) ** 0.85
        end = ("#08457c", "#8ecbff") if signed >= 0 else ("#a64104", "#ffb37a")
        pair = (_mixed("#ffffff", "#08457c", share), _mixed("#20262d", "#8ecbff", share))
        signed_pair = (_mixed("#ffffff", end[0], away), _mixed("#20262d", end[1], away))
        for letter, (light, dark) in (("k", pair), ("d", signed_pair)):
            found[f"{letter}{step}"] = light, dark
            found[f"{letter}{step}t"] = _ink_on(light), _ink_on(dark)
    return found


COLOURS |= _scales()


@dataclass(frozen=True)
class Style:
    """How a kind of shape looks; colours are roles of `COLOURS`, sizes pixels."""

    fill: str = "none"
    stroke: str = "none"
    width: float = 1.0
    dash: str = ""
    size: float = 12.0
    bold: bool = False
    opacity: float = 1.0


STYLES: dict[str, Style] = {
    **{name: Style(**look) for name, look in _STATED["styles"].items()},
    **{f"s{k}": Style(fill=f"s{k}", opacity=0.85) for k in range(8)},
    **{f"l{k}": Style(stroke=f"s{k}", width=1.3, opacity=0.75) for k in range(8)},
    **{f"{letter}{k}": Style(fill=f"{letter}{k}") for letter in "kd" for k in range(N_STEPS)},
    **{f"{letter}{k}t": Style(fill=f"{letter}{k}t", size=10.5) for letter in "kd" for k in range(N_STEPS)},
}


def css(*, dark: bool | None = None) -> str:
    """Rules for the names of `STYLES`.

    Parameters
    ----------
    dark : bool, optional
        Write the colours of one mode into the rules; by default refer to variables that the page sets.
    """

    def colour(role: str) -> str:
        return role if role == "none" else f"var(--{role})" if dark is None else COLOURS[role][dark]

    rules = []
    for name, style in STYLES.items():
        parts = [f"fill:{colour(style.fill)}"]
        if style.stroke != "none":
            parts.append(f"stroke:{colour(style.stroke)};stroke-width:{style.width:g}px")
        if style.dash:
            parts.append(f"stroke-dasharray:{style.dash}")
        if style.opacity != 1:
            parts.append(f"opacity:{style.opacity:g}")
        if name in _TEXTS:
            parts.append(f"font-size:{style.size:g}px" + (";font-weight:600" if style.bold else ""))
        rules.append(f".fig .{name}{{{';'.join(parts)}}}")
    rules += [f".fig .dot-s{k}{{fill:none;stroke:{colour(f's{k}')};opacity:.5}}" for k in range(8)]
    rules += [
        f".fig .run-{letter}{k}{{fill:none;stroke:{colour(f'{letter}{k}')}}}"
        for letter in "kd"
        for k in range(N_STEPS)
    ]
    return "\n".join(rules)


_TEXTS = {"text", "small", "label", "strong", *(f"{letter}{k}t" for letter in "kd" for k in range(N_STEPS))}


def variables() -> str:
    """Every role as a custom property, light and dark."""
    light, dark = (
        ";".join(f"--{role}:{pair[mode]}" for role, pair in COLOURS.items()) for mode in (False, True)
    )
    night = f"@media (prefers-color-scheme:dark){{@media screen{{:root{{{dark}}}}}}}"
    return f":root{{color-scheme:light dark;{light}}}\n{night}"
