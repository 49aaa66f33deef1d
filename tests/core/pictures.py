"""Made-up pictures, small and with everything in them that must not get out."""

from io import BytesIO

from PIL import Image

GPS = 0x8825
ORIENTATION = 0x0112
MAKER = 0x010F
SECRET = "Lonely Cottage, Aldermoss"


def jpeg(width: int = 60, height: int = 40, *, orientation: int = 1) -> bytes:
    """A photograph with a place, a maker and a remark."""
    image = Image.new("RGB", (width, height), (180, 40, 40))
    image.paste((20, 60, 160), (0, 0, width // 2, height))
    exif = image.getexif()
    exif[ORIENTATION] = orientation
    exif[MAKER] = SECRET
    exif[GPS] = {1: "N", 2: (55.0, 30.0, 0.0), 3: "W", 4: (2.0, 30.0, 0.0)}
    return saved(image, "JPEG", exif=exif, comment=SECRET.encode())


def png(width: int = 60, height: int = 40) -> bytes:
    return saved(Image.new("RGBA", (width, height), (10, 200, 10, 128)), "PNG")


def gif(frames: int = 3) -> bytes:
    first, *rest = [Image.new("RGB", (30, 20), (80 * number, 40, 40)) for number in range(frames)]
    return saved(first, "GIF", save_all=True, append_images=rest, duration=80, loop=0) if rest else saved(first, "GIF")


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()
