"""Sources and what came of them, conversations and their posts, and what goes on."""

from homespun.conversations.models.live import (
    Absence,
    Arrival,
    Completion,
    Connection,
    Listening,
    Mention,
    Outgoing,
    Visit,
)
from homespun.conversations.models.opt_outs import EFFECTIVE, OptOut, OptOutRequest
from homespun.conversations.models.pictures import PictureAsked
from homespun.conversations.models.posts import (
    Aside,
    Conversation,
    ConversationAlias,
    MissingParent,
    Post,
    PostMedia,
    PostName,
    PostQuerySet,
    Reference,
    Sighting,
    State,
)
from homespun.conversations.models.search import EVERYTHING, SearchIndex, Word
from homespun.conversations.models.sources import (
    Run,
    Source,
    Upload,
)
from homespun.conversations.models.streams import Stream

__all__ = [
    "EFFECTIVE",
    "EVERYTHING",
    "Absence",
    "Arrival",
    "Aside",
    "Completion",
    "Connection",
    "Conversation",
    "ConversationAlias",
    "Listening",
    "Mention",
    "MissingParent",
    "OptOut",
    "OptOutRequest",
    "Outgoing",
    "PictureAsked",
    "Post",
    "PostMedia",
    "PostName",
    "PostQuerySet",
    "Reference",
    "Run",
    "SearchIndex",
    "Sighting",
    "Source",
    "State",
    "Stream",
    "Upload",
    "Visit",
    "Word",
]
