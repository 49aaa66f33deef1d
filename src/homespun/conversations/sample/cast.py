"""Who speaks in the sample. All of them, their town, their game and their words are made up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Speaker:
    """Somebody with an account on X, in a world that has none of us."""

    key: str
    id: int
    handle: str
    name: str
    bio: str = ""


US = Speaker(
    "us", 918_200_431, "stilewise", "Stilewise", "A box of small wooden stiles, for people who hand over to people they never meet."
)
BRYONY = Speaker("bryony", 917_115_208, "bryonyshelves", "Bryony Tarrowell", "Marrowby Libraries. Mostly returns.")
MORAG = Speaker("morag", 802_441_977, "moraglintel", "Morag Lintelby", "Skerrowhaven Rescue, second watch. Knots, tea.")
IDRIS = Speaker("idris", 917_640_552, "idrisatdesk", "Idris Fennimoor")
SOL = Speaker("sol", 655_030_118, "solbakesnights", "Sol Hathernot")
AKARI = Speaker("akari", 744_901_263, "akari_niwa", "庭野あかり")
QUILL = Speaker("quill", 590_222_740, "quillpondside", "Quill Ambergate")

CAST = {speaker.key: speaker for speaker in (US, BRYONY, MORAG, IDRIS, SOL, AKARI, QUILL)}
BY_HANDLE = {speaker.handle: speaker for speaker in CAST.values()}
