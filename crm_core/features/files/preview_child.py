"""The process that makes pictures: `python -m crm_core.features.files.preview_child`, a task on its input, a WebP (or a number) on its
output. Limits are set before the file is opened; what is left of a picture are its points, turned upright: no place, no comment."""

import io
import json
import resource
import sys
from typing import Any

SIZES = {"small": 160, "large": 1_600}
PAGE = 1_200  # points across
POINTS = 80_000_000  # a larger picture is a bomb, or a poster
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")
LIMITS = ((resource.RLIMIT_AS, 1_536 * 2**20), (resource.RLIMIT_CPU, 15), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 64))


def main() -> None:
    task = json.load(sys.stdin)
    for what, most in LIMITS:
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    made = _of_pdf(task["path"], task["what"]) if task["kind"] == "pdf" else _of_picture(task["path"], SIZES[task["what"]])
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()


def _of_picture(path: str, size: int) -> bytes:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = POINTS // 2  # twice that many raise
    with Image.open(path, formats=FORMATS) as found:
        if found.width * found.height > POINTS:
            raise ValueError("too many points")
        found.draft("RGB", (size, size))
        upright = ImageOps.exif_transpose(found)
        upright.thumbnail((size, size))
        return _webp(upright)


def _of_pdf(path: str, what: str) -> bytes:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    if what == "pages":
        return str(len(document)).encode()
    number = int(what.partition("-")[2] or 1)
    page = document[number - 1]
    across = SIZES["small"] if what == "small" else PAGE
    width, height = page.get_size()
    scale = min(across / max(width, 1), 4 * across / max(height, 1), 8)
    return _webp(page.render(scale=scale, may_draw_forms=False).to_pil())


def _webp(picture: Any) -> bytes:
    plain = picture.convert("RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB")
    plain.info.clear()
    out = io.BytesIO()
    plain.save(out, "WEBP", quality=82, method=2)
    return out.getvalue()


if __name__ == "__main__":
    main()
