"""Why a picture can't be used."""


class UnreadablePicture(Exception):
    """Its file is damaged, or isn't a picture."""


class PictureTooLarge(UnreadablePicture):
    """It has more pixels than can be decoded within the limits on memory."""
