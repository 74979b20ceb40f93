"""Small PNG files."""

import io

from PIL import Image

COLORS = 256
MAX_BYTES = 150_000


def write_small(data, path):
    """Write a picture with a palette of its own.

    :param data: of a PNG file.
    :param path: of the file to write.
    :raise ValueError: it is too large even so.
    """
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    picture = picture.quantize(COLORS, dither=Image.Dither.NONE)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, optimize=True)
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path} has more than {MAX_BYTES} bytes")
