from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "clea.privacy"
    label = "privacy"
    verbose_name = _("données personnelles")

    def ready(self) -> None:
        from clea.journal import verbs
        from clea.mail import kinds
        from clea.privacy import common, jobs, messages, own_parts
        from clea.privacy.desk import items
        from clea.ui import desk, navigation

        verbs.register(messages.VERBS)
        kinds.register(*messages.KINDS)
        common.register()
        own_parts.register()
        jobs.register()
        desk.register(items, "settings")
        navigation.register(
            "settings",
            _("Réglages"),
            90,
            navigation.Link("admin:privacy_disposallist_changelist", _("Conservation et effacement")),
            navigation.Link("privacy_answer", _("Droits d'une personne")),
            navigation.Link("privacy_register:page", _("Registre des traitements")),
        )
