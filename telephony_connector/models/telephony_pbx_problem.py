from odoo import api, fields, models

from ..engine.problems import FAULT, LIST, SKIPPED


class TelephonyPbxProblem(models.Model):
    """What is wrong with a telephone system's connection, as its listener met it.

    Written by the listener that leads the telephone system, which begins anew when it
    begins to lead; what is over goes away.
    """

    _name = "telephony.pbx.problem"
    _description = "Problem of a Telephone System"
    _order = "kind, start_date, id"
    _log_access = False

    pbx_id = fields.Many2one(
        "telephony.pbx", required=True, index=True, ondelete="cascade", readonly=True
    )
    kind = fields.Selection(
        [
            (LIST, "List not available"),
            (FAULT, "Fault in Odoo"),
            (SKIPPED, "Event skipped"),
        ],
        required=True,
        readonly=True,
    )
    name = fields.Char(
        string="Affected",
        required=True,
        readonly=True,
        help="The event, the list or the task that it is about.",
    )
    reason = fields.Json(readonly=True, help="What is wrong: see engine.texts.")
    message = fields.Char(compute="_compute_message")
    count = fields.Integer(string="Times", readonly=True)
    start_date = fields.Datetime(string="Since", required=True, readonly=True)
    last_date = fields.Datetime(string="Last Time", required=True, readonly=True)

    _kind_name_pbx_uniq = models.Constraint(
        "UNIQUE(pbx_id, kind, name)", "A problem is listed only once."
    )

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_message(self):
        for problem in self:
            problem.message = self.env["telephony.text"]._render(problem.reason)

    @api.model
    def _replace(self, pbx, problems):
        """Bring the list of a telephone system's problems up to date.

        :param pbx: the `telephony.pbx`
        :param list problems: all there are, as of ``engine.problems.Problems.take``
        """
        known = {
            (problem.kind, problem.name): problem
            for problem in self.search([("pbx_id", "=", pbx.id)])
        }
        for values in problems:
            values = {
                **values,
                "start_date": values["start_date"].replace(microsecond=0),
                "last_date": values["last_date"].replace(microsecond=0),
            }
            problem = known.pop((values["kind"], values["name"]), None)
            if problem:
                problem.write(values)
            else:
                self.create({**values, "pbx_id": pbx.id})
        self.browse([problem.id for problem in known.values()]).unlink()

    def _describe(self):
        """Return the problem in one line, for a terminal."""
        self.ensure_one()
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        text = f"{kind}: {self.name}: {self.message}"
        if self.count > 1:
            text = self.env._("%(text)s (%(count)s times)", text=text, count=self.count)
        since = fields.Datetime.to_string(self.start_date)
        return self.env._("%(text)s, since %(date)s UTC", text=text, date=since)
