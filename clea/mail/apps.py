from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    name = "clea.mail"
    verbose_name = _("messages")

    def ready(self) -> None:
        from clea.journal import verbs
        from clea.mail.desk import items
        from clea.ui import desk

        verbs.register(
            {
                "mail.approved": _("message approuvé"),
                "mail.cancelled": _("message annulé"),
                "mail.edited": _("message modifié"),
                "mail.sent": _("message envoyé"),
                "mail.failed": _("échec d'un message"),
                "mail.template_changed": _("modèle de message modifié"),
            }
        )
        desk.register(items)
