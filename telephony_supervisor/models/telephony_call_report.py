from odoo import api, fields, models
from odoo.tools import SQL


class TelephonyCallReport(models.Model):
    """Calls as figures: one row an ended call, with measures to sum and to average.

    What does not apply to a call is NULL, so that averages leave it out: the service
    level is that of incoming calls, the time to answer that of answered ones.
    """

    _name = "telephony.call.report"
    _description = "Analysis of Calls"
    _auto = False
    _order = "start_date desc, id desc"
    _rec_name = "start_date"

    call_id = fields.Many2one("telephony.call", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    pbx_id = fields.Many2one("telephony.pbx", string="Telephone System", readonly=True)
    start_date = fields.Datetime(string="Date", readonly=True)
    hour = fields.Char(
        string="Hour of the Day", readonly=True, help="In the company's time zone."
    )
    direction = fields.Selection(
        lambda self: self.env["telephony.call"]._fields["direction"].selection,
        readonly=True,
    )
    outcome = fields.Selection(
        lambda self: self.env["telephony.call"]._fields["outcome"].selection,
        readonly=True,
    )
    queue = fields.Char(readonly=True)
    dialed_number = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users",
        readonly=True,
        help="Who handled the call; where nobody did, the only one whose phone rang.",
    )
    handled_by_id = fields.Many2one("res.users", string="Handled by", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    disposition_id = fields.Many2one(
        "telephony.disposition", string="Result", readonly=True
    )

    answered = fields.Integer(readonly=True)
    answer_rate = fields.Float(
        string="Answer Rate (%)", readonly=True, aggregator="avg"
    )
    missed = fields.Integer(readonly=True)
    called_back = fields.Integer(
        string="Missed, Called Back", readonly=True, aggregator="sum"
    )
    called_back_rate = fields.Float(
        string="Called Back (% of Missed)", readonly=True, aggregator="avg"
    )
    service_level = fields.Float(
        string="Service Level (%)",
        readonly=True,
        aggregator="avg",
        help="Incoming calls that were answered within the company's time, of all.",
    )
    time_to_answer = fields.Integer(
        string="Time to Answer (s)", readonly=True, aggregator="avg"
    )
    duration = fields.Integer(string="Talk Time (s)", readonly=True)

    _depends = {
        "telephony.call": [
            "answer_date",
            "company_id",
            "dialed_number",
            "direction",
            "disposition_id",
            "duration",
            "handled_by_id",
            "is_called_back",
            "is_missed",
            "outcome",
            "pbx_id",
            "queue",
            "ring_duration",
            "start_date",
            "state",
            "user_id",
        ],
        "res.company": ["telephony_service_seconds", "partner_id"],
        "res.partner": ["tz"],
        "res.users": ["sale_team_id"],
    }

    @property
    def _table_query(self):
        return SQL("%s %s", self._select(), self._from())

    @api.model
    def _select(self):
        return SQL(
            """
            SELECT call.id, call.id AS call_id, call.company_id, call.pbx_id,
                   call.start_date, call.direction, call.outcome, call.queue,
                   call.dialed_number, call.user_id, call.handled_by_id,
                   call.disposition_id, call.duration,
                   handler.sale_team_id AS team_id,
                   to_char(
                       call.start_date AT TIME ZONE 'UTC'
                           AT TIME ZONE COALESCE(place.tz, 'UTC'),
                       'HH24') AS hour,
                   (call.outcome = 'answered')::int AS answered,
                   CASE call.outcome
                        WHEN 'answered' THEN 100.0 WHEN 'unknown' THEN NULL ELSE 0.0
                   END AS answer_rate,
                   call.is_missed::int AS missed,
                   (call.is_missed AND call.is_called_back)::int AS called_back,
                   CASE WHEN call.is_missed
                        THEN CASE WHEN call.is_called_back THEN 100.0 ELSE 0.0 END
                   END AS called_back_rate,
                   CASE WHEN call.direction = 'inbound' AND call.outcome != 'unknown'
                        THEN CASE WHEN call.outcome = 'answered'
                                   AND call.ring_duration
                                       <= company.telephony_service_seconds
                                  THEN 100.0 ELSE 0.0 END
                   END AS service_level,
                   CASE WHEN call.outcome = 'answered' THEN call.ring_duration END
                       AS time_to_answer
            """
        )

    @api.model
    def _from(self):
        return SQL(
            """
              FROM telephony_call call
              JOIN res_company company ON company.id = call.company_id
              JOIN res_partner place ON place.id = company.partner_id
         LEFT JOIN res_users handler ON handler.id = call.user_id
             WHERE call.state = 'ended'
            """
        )
