from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    name = "clea.mail"
    verbose_name = _("messages")

    def ready(self) -> None:
        from clea.jobs import services
        from clea.journal import verbs
        from clea.mail import jobs
        from clea.mail.desk import items
        from clea.mail.models import OutgoingMail
        from clea.ui import desk, navigation, search

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
        desk.register(items, "mail")
        services.register(jobs.APPROVE, jobs.approve, may=jobs.held, resumes=True)
        sent = search.rows(OutgoingMail, _("Messages"), name=lambda mail: mail.subject, detail=lambda mail: mail.to)
        search.register(search.Source("mails", 90, sent))
        navigation.register(
            "mail",
            _("Courrier"),
            80,
            navigation.Link("admin:mail_outgoingmail_changelist", _("Boîte d'envoi")),
            navigation.Link("admin:mail_mailtemplate_changelist", _("Modèles de messages")),
        )
