"""Cut the fonts of the application and of its documents out of Source Sans 3, and write how wide its letters are.

Once, when the font has a new version, in an environment of its own:

    python3 -m venv /tmp/fonts && /tmp/fonts/bin/pip install fonttools==4.68.0 brotli==1.2.1
    npm pack source-sans@3.52.0 && tar xzf source-sans-3.52.0.tgz -C /tmp
    /tmp/fonts/bin/python scripts/make_fonts.py /tmp/package

The same versions give the same bytes; screening/base/typeface/VERSIONS holds their hashes. The licence keeps the name
"Source" for fonts that nobody changed, so what is cut bears a name of its own: Barrier Sans.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

NAME = "Barrier Sans"
#: Of the font and of its cut: in the names of the files, which a browser keeps for ever.
VERSION = "3.52-2"
FOLDER = Path(__file__).parents[1] / "screening" / "base" / "typeface"
#: Letters of Dutch and English, and the signs that our texts use. The ranges of the two stand in static/app.css too.
LATIN = "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+202F,U+2030,U+2039-203A,U+20AC,U+2122,U+2190-2193,U+2212,U+2260,U+2264-2265,U+25A0-25A1,U+25CF,U+25CB,U+2713"  # noqa: E501
#: What names have more: Latin Extended (ş ł ă ŵ), Vietnamese (ế) and loose accents.
EXTENDED = "U+0100-0130,U+0132-0151,U+0154-024F,U+0259,U+0300-036F,U+1E00-1EFF,U+20AB"
FEATURES = ["kern", "ccmp", "locl", "mark", "mkmk", "tnum"]


def cut(source: Path, ranges: str, flavor: str | None, target: Path) -> TTFont:
    """Write the letters of these ranges to `target` and return them."""
    options = subset.Options(layout_features=FEATURES, hinting=False, flavor=flavor, name_IDs=[1, 2, 3, 4, 6, 13, 14])
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(ranges))
    subsetter.subset(font)
    font.flavor = flavor
    rename(font, "Semibold" if "Semibold" in source.name else "Regular")
    font.save(target)
    return font


def rename(font: TTFont, weight: str) -> None:
    """Give the font our name wherever it names itself."""
    postscript = f"{NAME.replace(' ', '')}-{weight}"
    names = {1: NAME, 2: "Regular", 3: f"{postscript};{VERSION}", 4: f"{NAME} {weight}", 6: postscript}
    names |= {} if weight == "Regular" else {1: f"{NAME} {weight}", 16: NAME, 17: weight}
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    if "CFF " in font:
        charstrings = font["CFF "].cff
        charstrings.fontNames[0] = postscript
        top = charstrings.topDictIndex[0]
        top.FullName, top.FamilyName = names[4], NAME


def main(package: Path) -> None:
    """Make every file of the folder again from the unpacked npm package."""
    widths: dict[str, dict[str, int]] = {}
    files = []
    for weight in ("Regular", "Semibold"):
        truetype = package / "TTF" / f"SourceSans3-{weight}.ttf"
        for part, ranges in (("latin", LATIN), ("extended", EXTENDED)):
            files.append(FOLDER / f"barrier-sans-{VERSION}-{part}-{weight.lower()}.woff2")
            cut(truetype, ranges, "woff2", files[-1])
        files.append(FOLDER / f"BarrierSans-{weight}.otf")
        font = cut(package / "OTF" / f"SourceSans3-{weight}.otf", f"{LATIN},{EXTENDED}", None, files[-1])
        advances = font["hmtx"].metrics
        widths[weight.lower()] = {chr(code): advances[name][0] for code, name in sorted(font.getBestCmap().items())}
    shutil.copy(package / "LICENSE.md", FOLDER / "LICENSE.md")
    rows = [f'"{weight}": {json.dumps(advances, ensure_ascii=False)}' for weight, advances in widths.items()]
    (FOLDER / "widths.json").write_text("{" + ",\n".join(rows) + "}\n", encoding="utf-8")
    hashes = ((file.name, hashlib.sha256(file.read_bytes()).hexdigest()) for file in files)
    lines = [f"source-sans 3.52.0 OFL-1.1 {name} {digest}" for name, digest in hashes]
    (FOLDER / "VERSIONS").write_text("\n".join(["package version licence file sha256", *lines]) + "\n")


main(Path(sys.argv[1]))
