"""Reads what a picture file declares, and decodes it in a process of its own with limits on memory and time. Without Django."""

from homespun.pictures.declared import Declared, check_size, picture_type, read_declared
from homespun.pictures.process import copy_picture, fit_picture, one_at_a_time
from homespun.pictures.reasons import PictureTooLarge, UnreadablePicture

__all__ = [
    "Declared",
    "PictureTooLarge",
    "UnreadablePicture",
    "check_size",
    "copy_picture",
    "fit_picture",
    "one_at_a_time",
    "picture_type",
    "read_declared",
]
