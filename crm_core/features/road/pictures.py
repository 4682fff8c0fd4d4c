"""Pictures for the demo, drawn here: shelves, a filling line, a works."""

import io
import random

from PIL import Image, ImageDraw

SIZE = WIDTH, HEIGHT = 960, 720
GLASS = ("#2f6b4f", "#7a2f2a", "#c08a2d", "#e8e2d4", "#3c4f76", "#8d5a2b")


def draw(what: str, seed: int) -> io.BytesIO:
    """A picture of this: 货架, 灌装线 or 厂区."""
    picture, dice = Image.new("RGB", SIZE, "#d9dee4"), random.Random(seed)
    {"货架": _shelves, "灌装线": _line, "厂区": _works}[what](ImageDraw.Draw(picture), dice)
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=80)
    made.seek(0)
    return made


def _bottle(on: ImageDraw.ImageDraw, left: int, foot: int, high: int, colour: str) -> None:
    wide = high // 3
    on.rounded_rectangle((left, foot - high * 2 // 3, left + wide, foot), wide // 6, fill=colour)
    on.rectangle((left + wide // 3, foot - high, left + wide * 2 // 3, foot - high * 2 // 3 + 4), fill=colour)
    on.rectangle((left + wide // 3 - 2, foot - high - 6, left + wide * 2 // 3 + 2, foot - high + 10), fill="#b3202a")
    on.rectangle((left + 4, foot - high // 2, left + wide - 4, foot - high // 5), fill="#f4efe2")


def _shelves(on: ImageDraw.ImageDraw, dice: random.Random) -> None:
    on.rectangle((0, 0, *SIZE), fill="#6b4a33")
    for foot in (220, 440, 660):
        on.rectangle((24, foot - 190, WIDTH - 24, foot), fill="#8a6446")
        for left in range(50, WIDTH - 100, 78):
            _bottle(on, left, foot, dice.choice((130, 150, 165)), dice.choice(GLASS))
        on.rectangle((16, foot, WIDTH - 16, foot + 18), fill="#4d3424")


def _line(on: ImageDraw.ImageDraw, dice: random.Random) -> None:
    on.rectangle((0, 0, WIDTH, 430), fill="#e7ebef")
    on.rectangle((0, 430, WIDTH, HEIGHT), fill="#aab4be")
    for left in range(40, WIDTH, 230):
        on.rectangle((left, 40, left + 150, 190), fill="#bcd6e6", outline="#8fa3b3", width=6)
    on.rounded_rectangle((330, 150, 640, 400), 24, fill="#c3ccd4", outline="#7d8a96", width=6)
    on.rectangle((380, 200, 590, 270), fill="#2e4f6e")
    colour = dice.choice(GLASS)
    for left in range(10, WIDTH, 62):
        _bottle(on, left, 520, 110, colour)
    on.rectangle((0, 520, WIDTH, 556), fill="#5b6772")
    for left in range(40, WIDTH, 160):
        on.rectangle((left, 556, left + 22, HEIGHT), fill="#75818c")


def _works(on: ImageDraw.ImageDraw, dice: random.Random) -> None:
    on.rectangle((0, 0, WIDTH, 420), fill="#bfd9ec")
    on.polygon(((0, 420), (220, 230), (430, 400), (640, 250), (WIDTH, 420)), fill="#8fae94")
    on.rectangle((0, 420, WIDTH, HEIGHT), fill="#b9b3a6")
    for left, high in ((90, 210), (330, 250), (600, 180)):
        on.rectangle((left, 470 - high, left + 240, 500), fill=dice.choice(("#d8cbb8", "#e4dccf", "#c9d0d6")))
        on.polygon(((left - 12, 470 - high), (left + 120, 410 - high), (left + 252, 470 - high)), fill="#7c5b4e")
        for window in range(left + 24, left + 210, 56):
            on.rectangle((window, 380, window + 34, 420), fill="#5f7f99")
    on.rectangle((860, 190, 900, 500), fill="#9a6a5a")
    on.rectangle((0, 560, WIDTH, 640), fill="#6f6f72")
    for left in range(20, WIDTH, 120):
        on.rectangle((left, 596, left + 60, 604), fill="#e9e6dc")
