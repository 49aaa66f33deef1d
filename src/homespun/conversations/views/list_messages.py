"""What the Conversations page says about the list it shows: what an import brought, why a list is empty, and what to do then."""

from django.utils.translation import gettext as _

from homespun.conversations.models import Source
from homespun.conversations.queries.imported import source_titles
from homespun.conversations.views.asked import Asked
from homespun.people.models import Account


def import_title(question: Asked) -> str:
    """The heading of a list that shows only what one import brought; "" for any other list."""
    if not question.is_import:
        return ""
    titles = source_titles(question.source)
    return _("Imported from %(names)s") % {"names": ", ".join(titles)} if titles else _("Just added")


def list_hint(question: Asked, shown: str) -> str:
    """Why another list than the exchanges is shown, where nobody chose one; "" where the exchanges are shown."""
    if question.is_import or question.show or question.before is not None:
        return ""
    hints = {
        "threads": _("You only have one side of each conversation so far, so this list shows threads by one person."),
        "missing": _("You only have one side of each conversation so far, so this list shows replies to posts that are missing."),
        "everything": _("No post here replies to another yet, so this list shows everything."),
    }
    return f"{hints[shown]} {import_advice()}".strip() if shown in hints else ""


def empty_message(question: Asked, shown: str) -> str:
    """What an empty list says."""
    if question.before is not None:
        return _("No more conversations.")
    if question.is_import:
        return _empty_import_message(question)
    if shown == "threads":
        return _("No threads by one person yet.")
    if shown == "missing":
        return _("No conversation has missing posts.")
    if shown == "everything":
        return _("No conversations yet.")
    if shown == "ours" and not has_own_accounts():
        return _("No exchange includes you yet. Import your own archive, or connect your account.")
    return f"{_('You don’t have both sides of any conversation yet.')} {import_advice() or _('View all to read what you have.')}"


def _empty_import_message(question: Asked) -> str:
    messages = {
        "exchanges": _("None of the imported conversations has both sides."),
        "ours": _("None of the imported conversations includes both you and someone else."),
        "threads": _("None of the imported conversations is a thread by one person."),
        "missing": _("None of the imported conversations has missing posts."),
    }
    return messages.get(question.show, _("Nothing from this import is here any more."))


def import_advice() -> str:
    """Whose archive would complete conversations: never one that has been imported already. "" where both sides were imported."""
    if not has_own_accounts():
        return _("Import your own archive to see both sides.")
    if not Source.objects.filter(is_ours=False, account__isnull=False).exists():
        return _("Import the archive of someone you talk with to see both sides.")
    return ""


def has_own_accounts() -> bool:
    return Account.objects.filter(is_own=True).exists()
