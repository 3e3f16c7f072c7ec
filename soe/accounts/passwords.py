"""The rules of passwords, in the words of our pages ("Kennwort") instead of the framework's."""

from django.contrib.auth import password_validation as rules


class MinimumLength(rules.MinimumLengthValidator):
    def get_error_message(self):
        return f"Dieses Kennwort ist zu kurz. Es braucht mindestens {self.min_length} Zeichen."

    def get_help_text(self):
        return f"Das Kennwort braucht mindestens {self.min_length} Zeichen."


class NotCommon(rules.CommonPasswordValidator):
    def get_error_message(self):
        return "Dieses Kennwort benutzen zu viele. Bitte wählen Sie ein anderes."

    def get_help_text(self):
        return "Das Kennwort darf kein häufig benutztes sein."


class NotOnlyDigits(rules.NumericPasswordValidator):
    def get_error_message(self):
        return "Dieses Kennwort besteht nur aus Ziffern. Bitte nehmen Sie auch Buchstaben."

    def get_help_text(self):
        return "Das Kennwort darf nicht nur aus Ziffern bestehen."


class NotLikeTheAccount(rules.UserAttributeSimilarityValidator):
    def get_error_message(self):
        return "Dieses Kennwort ist „%(verbose_name)s“ zu ähnlich."

    def get_help_text(self):
        return "Das Kennwort darf Ihrem Namen und Ihrer Anmeldung nicht ähnlich sein."
