"""Makes `docs/tour/`: pictures of the main job, each with what it is for, and what it costs.

`python -m bench.tour` lets the browser journeys through Kesara keep their pictures, and writes the
page beside them. Needs what the journey needs: DATABASE_URL, REDIS_URL, CHROMIUM.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "tour"
JOURNEYS = ("tests/journeys/test_kesara.py", "tests/journeys/test_paying.py")
COLOURS = 192  # of a picture: a tenth of the bytes, and nobody sees it

PICTURES = {
    "import-households": "**Import.** The registrar sees what merging a file will do, row by row, "
    "before anything is written; next: take the rows into the registry.",
    "household": "**Household.** Who lives there, where it stands, what it receives and how it "
    "became known.",
    "2-hazard-desk": "**Hazard desk.** The analyst has dropped a flood file and says what its "
    "numbers mean; next: confirm, then publish.",
    "1-situation": "**Situation.** Who stands in the water, who could not be seen, and what waits; "
    "next: select households.",
    "3-select": "**Select.** An area is drawn, a depth is set, and the answer follows; next: keep "
    "the list.",
    "4-list": "**List.** What was asked and answered is frozen with its digest; next: start a "
    "cycle with it.",
    "situation-map": "**Situation map.** One file with map, legend, figures and sources, to print "
    "or to send; it asks nobody for anything.",
    "5-cycle": "**Cycle.** One stepper from list to evidence; next: the signature of somebody "
    "who prepared nothing.",
    "6-approve": "**Approve.** Money, map, who is left out and whose hands it went through; next: "
    "sign, or return it with a reason.",
    "7-payment-list": "**Payment list.** One order for each household, to take along as CSV or "
    "as a workbook.",
    "8-vouchers": "**Voucher cards.** Cards with QR codes are printed; next: hand over.",
    "9-hand-over": "**Hand-over.** On a phone: whose card it is and what is due; next: hand over, "
    "once.",
    "10-scenarios": "**Scenarios.** What a cycle might be, up to four side by side, counted and on "
    "maps; next: make one of them the cycle.",
    "11-payments": "**Payments.** Where each order of a batch stands with its provider; next: "
    "let the failed be sent anew.",
    "12-reconciliation": "**Reconciliation.** A provider's file, row by row, before any of it "
    "counts; next: let what is right count, and send back the rest.",
    "13-verification": "**Verification.** What people say arrived, with its margin, and what "
    "differs; next: settle it.",
}


def main() -> None:
    """Walk the journeys, keep its pictures small, write the page beside them."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder)
        walk = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *JOURNEYS]
        environment = os.environ | {"HIGHGROUND_TOUR": folder}
        subprocess.run(walk, cwd=ROOT, env=environment, check=True)  # noqa: S603 - our own test
        OUT.mkdir(parents=True, exist_ok=True)
        for name in PICTURES:
            keep(told / f"{name}.png", OUT / f"{name}.png")
        counted = json.loads((told / "counted.json").read_text())
    (OUT / "README.md").write_text(page(counted["clicks"], counted["seconds"]), encoding="utf-8")


def keep(picture: Path, out: Path) -> None:
    """A picture with fewer colours."""
    with Image.open(picture) as image:
        image.convert("RGB").quantize(COLOURS).save(out, optimize=True)


def page(clicks: int, seconds: int) -> str:
    """The page of the tour, in Markdown."""
    cost = (
        f"From the flood file to the signed list: {clicks} clicks and fields, and {seconds} "
        "seconds of a browser that does not hesitate; the aim is 40 clicks and ten minutes.\n"
    )
    shown = [f"{said}\n\n![]({name}.png)\n" for name, said in PICTURES.items()]
    return "\n".join(
        [
            "# A tour of Highground\n",
            "Kesara, an invented country; made by `python -m bench.tour`.\n",
            cost,
            *shown,
        ]
    )


if __name__ == "__main__":
    main()
