import logging

from odoo import api, models
from odoo.tools import LazyTranslate

from ..engine.texts import TEXTS, in_english, render

_logger = logging.getLogger(__name__)

_lt = LazyTranslate(__name__)
# The engine marks them for translation, and knows no language.
TEMPLATES = {code: _lt(source) for code, source in TEXTS.items()}


class TelephonyText(models.AbstractModel):
    """Translates what has no language: errors, findings, states of connections.

    They are stored and passed on as ``engine.texts.text``, and become words for whoever
    reads them.
    """

    _name = "telephony.text"
    _description = "Texts of Telephony"

    @api.model
    def _get_templates(self):
        """Return the templates by code.

        For an addon to have codes of its own, override and add to super's.

        :return: lazily translated texts, with parameters as %(name)s
        :rtype: dict[str, LazyGettext]
        """
        return TEMPLATES

    @api.model
    def _render(self, text):
        """Return a text in the current user's language, in English without one.

        :param text: as of ``engine.texts.text``, a list of these, or nothing
        :rtype: str
        """
        templates = self._get_templates()

        def get_template(code):
            template = templates.get(code)
            return template and self.env._(template)

        try:
            return render(text, get_template) if text else ""
        except (KeyError, TypeError, ValueError):
            _logger.exception("A bad translation of %s", text)
            return in_english(text)
