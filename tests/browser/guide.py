"""Make the pictures of docs/handleiding.md anew: `python -m tests.browser.guide`. Everything in them is made up.

Beside the pictures it notes which words of the application each of them shows (pictures.json), so that a test can tell
when a picture has become old.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from screening.base.vocabulary import Role
from screening.casework.case_policy import CasePolicy
from screening.casework.cases.sync import sync_cases
from screening.review.i18n import load_texts
from screening.store import Workspace, open_store
from screening.synthetic import generate, write_municipality
from tests.browser import journeys, small_png
from tests.browser.desk import NARROW, Camera, Desk
from tests.conftest import AS_OF, CHROMIUM, CHROMIUM_ARGS, ROOT, barrier
from tests.review.conftest import MORNING, serving

FOLDER = ROOT / "docs" / "handleiding"
NOTE = FOLDER / "pictures.json"
#: A desk with two panes, made smaller: a picture of the guide is at most 1000 pixels wide.
WINDOW_WIDTH = 1240
WINDOW = {"width": WINDOW_WIDTH, "device_scale_factor": 0.8}
MOST_PICTURES, MOST_BYTES = 20, 80 * 1024

#: What of the page the words are taken from: what the application says itself, not what registers hold.
_WORDS = """() => [...document.querySelectorAll(
  'main :is(h1, h2, h3, h4, legend, label, button, summary, th[scope=col], a)')]
  .filter(e => e.getClientRects().length).map(e => e.innerText.trim())"""


#: The pane that scrolls by itself shows all of it, and nothing has the focus.
_UNROLLED = """() => {
  document.activeElement.blur();
  window.scrollTo(0, 0);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    '.d-task { position: static !important; max-block-size: none !important; overflow: visible !important }');
  document.adoptedStyleSheets = [sheet];
}"""


@dataclass(frozen=True)
class Frame:
    """One picture of a page.

    `part`: a selector of what it shows (none: from the top). `height`: at most, `width`: of the window; both in pixels.
    """

    name: str
    part: str | None = None
    height: int = 900
    width: int = WINDOW_WIDTH


#: Name of a picture of the journeys -> the pictures of the guide that are taken there.
FRAMES: dict[str, tuple[Frame, ...]] = {
    "aanmelden": (Frame("aanmelden", height=380),),
    "start": (Frame("begin", height=520),),
    "zaken": (Frame("zaken", height=1250),),
    "waarvoor": (Frame("waarvoor", height=690),),
    "dossier": (
        Frame("dossier", height=1000),
        Frame("netwerk", "section[aria-labelledby='partijen']", height=1000),
        Frame("lezing", ".d-own"),
    ),
    "waarom": (Frame("waarom", "#waarom-deel"),),
    "aandachtspunt": (Frame("aandachtspunt", ".d-hit", height=1000),),
    "oordeel": (Frame("oordeel", ".d-judge", height=1100),),
    "tweede": (Frame("tweede", height=700),),
    "vervolg": (Frame("vervolg", height=820),),
    "conflict": (Frame("conflict", height=640),),
    "koppeling": (Frame("koppeling", height=960),),
    "bezoek-nieuw": (Frame("bezoek", height=775),),
    "bezoek-vastleggen": (Frame("vastleggen", height=780),),
    "telefoon": (Frame("telefoon", height=860, width=NARROW),),
    "melden": (Frame("melden", height=900),),
    "melding": (Frame("melding", height=1120),),
    "gevaar": (Frame("gevaar", height=640),),
}


class GuideCamera(Camera):
    """Takes the pictures of the guide alone, small, and notes the words in them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.words: dict[str, list[str]] = {}
        texts = load_texts()
        self._own = {one["nl"] for one in texts.values() if "{" not in one["nl"]}

    def __call__(self, page, name: str) -> None:
        """The frames of this page, the first time that it is seen."""
        for frame in FRAMES.get(name, ()):
            if frame.name not in self.taken:
                self._take(page, frame)

    def _take(self, page, frame: Frame) -> None:
        assert self.folder is not None
        page.set_viewport_size({"width": frame.width, "height": 900})
        page.evaluate(_UNROLLED)
        whole = self.folder / f"{frame.name}.png"
        box = page.locator(frame.part).first.bounding_box() if frame.part else None
        box = box or {
            "x": 0,
            "y": 0,
            "width": frame.width,
            "height": page.evaluate("document.documentElement.scrollHeight"),
        }
        clip = box | {"height": min(box["height"], frame.height)}
        page.screenshot(path=whole, full_page=True, clip=clip, animations="disabled")
        small_png.write(whole, small_png.read(whole), 16)
        page.set_viewport_size({"width": WINDOW_WIDTH, "height": 900})
        self.taken[frame.name] = whole
        self.words[frame.name] = sorted({one for one in page.evaluate(_WORDS) if one in self._own})


@contextmanager
def made_up_town(browser) -> Iterator[Desk]:
    """Desks before a made-up municipality of which a night was just run."""
    with tempfile.TemporaryDirectory() as folder:
        write_municipality(generate(7, 3000, regime="clean", as_of=AS_OF), Path(folder))
        ran = barrier("run", "--config", Path(folder) / "screening.toml", "--json")
        assert ran.code == 0, ran.err
        workspace = Workspace(Path(folder) / "var")
        with open_store(workspace) as store:
            sync_cases(store, now=MORNING - timedelta(hours=2), policy=CasePolicy())
        with serving(workspace) as served:
            desk = Desk(served, browser)
            desk.begin_work()
            yield desk


def take(desk: Desk, camera: GuideCamera) -> None:
    """Walk the journeys of the guide."""
    with desk.window(**WINDOW) as page:
        page.goto(f"{desk.url}/aanmelden")
        camera(page, "aanmelden")
        page.goto(f"{desk.url}/direct-gevaar")
        camera(page, "gevaar")
    address = journeys.officers_judge(desk, camera, **WINDOW)
    with desk.window("a.bakker", Role.OFFICER, **WINDOW) as page:
        page.goto(desk.url)
        camera(page, "start")
    journeys.officer_visits(desk, camera, [address], **WINDOW)
    journeys.officer_follows_up(desk, camera, address, **WINDOW)
    journeys.officers_collide(desk, camera, **WINDOW)
    with desk.window("e.smit", Role.ANALYST, **WINDOW) as page:
        page.goto(f"{desk.url}/koppelingen/volgende")
        camera(page, "koppeling")
    with desk.window("f.vos", **WINDOW) as page:
        page.goto(f"{desk.url}/meldingen")
        camera(page, "melden")
        page.goto(f"{desk.url}/meldingen/nieuw")
        camera(page, "melding")


def main() -> None:
    """Make all pictures, and the note beside them."""
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(parents=True, exist_ok=True)
    camera = GuideCamera(FOLDER)
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        with made_up_town(chromium) as desk:
            take(desk, camera)
        chromium.close()
    absent = {frame.name for frames in FRAMES.values() for frame in frames} - set(camera.taken)
    assert not absent, f"not taken: {sorted(absent)}"
    NOTE.write_text(json.dumps(camera.words, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for path in camera.taken.values():
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
