"""The coordinator's desk for messages. Rows are filtered by ``clea.mail.scopes``."""

from clea.mail.admin.outbox import OutgoingMailAdmin
from clea.mail.admin.templates import MailTemplateAdmin

__all__ = ["MailTemplateAdmin", "OutgoingMailAdmin"]
