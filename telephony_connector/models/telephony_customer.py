"""What is known of a customer: on the card, and beside the page of a call."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, html2plaintext
from odoo.tools.misc import formatLang

from ..engine.durations import format_seconds
from ..tools.parameters import takes

# How many lines a section shows, and among how many calls the last note is looked for.
SECTION_LINES = 5
RECENT_CALLS = 20
EXCERPT_LENGTH = 160


class Customer(NamedTuple):
    """Whom the sections are about, as far as the current user may read it."""

    record: models.BaseModel
    """What the call belongs to, of any model."""
    partner: models.BaseModel
    """The `res.partner` behind it, empty where there is none."""
    call: models.BaseModel
    """The `telephony.call` that the page is about, empty where none is known."""

    @property
    def family(self):
        """The `res.partner` that stands for the customer's company or household."""
        return self.partner.commercial_partner_id


class TelephonyCustomer(models.AbstractModel):
    """What the current user may know of a customer.

    An abstract model has no access rights of its own: its public method asks for the
    right to see calls and to read the record.
    """

    _name = "telephony.customer"
    _description = "What Is Known of a Customer"

    # === SECTIONS BESIDE THE PAGE === #

    @api.readonly
    @api.model
    @takes(model=str, res_id=int, call_id=int)
    def read_sections(self, model, res_id, call_id=False):
        """Return what is open with a customer, and what happened last.

        Read after the page is shown. Runs as the user: a section that their rights
        refuse is missing.

        :param str model: of the record that the call belongs to
        :param int res_id: its id
        :param int call_id: of the `telephony.call` that is not listed, if any
        :return: sections, see ``_make_section``
        :rtype: list[dict]
        :raise AccessError: the user may not see calls, or may not read the record
        :raise UserError: no call can belong to such a record
        """
        calls = self.env["telephony.call"]
        calls.check_access("read")
        if model not in calls._get_object_models():
            raise UserError(
                self.env._("Calls can't be registered on this kind of record.")
            )
        record = self.env[model].browse(res_id or 0)
        record.check_access("read")
        if not record.exists():
            raise UserError(self.env._("This record no longer exists."))
        call = calls.browse(call_id or ())._filtered_access("read")
        customer = self._get_customer(record, call)
        return [
            section
            for build in self._get_section_builders()
            if (section := self._build(build, customer))
        ]

    @api.model
    def _get_customer(self, record, call):
        partner = record._telephony_partner()._filtered_access("read")
        return Customer(record, partner, call)

    @api.model
    def _build(self, build, customer):
        """Return a section, ``None`` where there is none or rights refuse it."""
        try:
            return build(customer)
        except AccessError:
            return None

    @api.model
    def _get_section_builders(self):
        """Return the functions that build the sections, in the order of the page.

        For an addon to show what it knows of a customer, override, call super, and add
        a method of its own; what is open, as unpaid invoices, belongs among
        ``_get_open_section_builders``. Each takes the :class:`Customer` and returns
        what ``_make_section`` makes, or ``None``. It runs as the user, and needs a
        number of queries that does not grow with the lines.
        """
        return [
            *self._get_open_section_builders(),
            self._build_calls,
            self._build_notes,
        ]

    @api.model
    def _get_open_section_builders(self):
        """Return those of ``_get_section_builders`` that tell what is open with the
        customer: they stand above what happened last. For an addon to extend."""
        return [self._build_opportunities, self._build_activities]

    @api.model
    def _make_section(self, key, title, icon, records, describe, count=None, more=None):
        """Return a section of the page.

        :param str key: names the section, ``[a-z_]+``
        :param str title: its heading, translated
        :param str icon: class of Font Awesome, as ``fa-star-o``
        :param records: what it lists, which the user may read
        :param describe: returns of one of the records what its line shows besides the
            name, a dict: ``text`` (small, below the name), ``note`` (an excerpt),
            ``is_late``; ``name`` and ``record`` where these are others
        :param int count: how many there are, where that is more than is listed
        :param dict more: the action that lists all of them
        :return: the section, ``None`` where there is nothing to list
        :rtype: dict
        """
        if not records:
            return None
        return {
            "key": key,
            "title": title,
            "icon": icon,
            "count": count or len(records),
            "more": more or False,
            "lines": [self._make_line(each, **describe(each)) for each in records],
        }

    @api.model
    def _make_line(self, each, name=None, record=None, text="", note="", is_late=False):
        target = each if record is None else record
        return {
            "key": each.id,
            "model": target._name,
            "id": target.id,
            "name": name or target.display_name,
            "text": text or "",
            "note": note or "",
            "is_late": is_late,
        }

    @api.model
    def _make_list_section(self, key, title, icon, model, domain, describe, **options):
        """Return a section of the first records of a model, with the way to all.

        :param str model: what the section lists
        :param domain: of the customer's; the user's rights are added to it
        :param options: ``order`` of the records
        :return: see ``_make_section``; ``None`` where the user may not read the model
        """
        records = self.env[model]
        if not records.has_access("read"):
            return None
        found = records.search(domain, limit=SECTION_LINES, **options)
        count = len(found)
        more = None
        if count == SECTION_LINES:
            count = records.search_count(domain)
            more = {
                "type": "ir.actions.act_window",
                "name": title,
                "res_model": model,
                "domain": list(Domain(domain)),
                "views": [(False, "list"), (False, "form")],
            }
        return self._make_section(key, title, icon, found, describe, count, more)

    # === WHAT IS OPEN === #

    @api.model
    def _get_opportunity_domain(self, customer):
        """Return the domain of the open opportunities of the customer's company."""
        return [
            ("type", "=", "opportunity"),
            ("partner_id", "child_of", customer.family.ids),
            ("won_status", "=", "pending"),
        ]

    @api.model
    def _build_opportunities(self, customer):
        if not customer.partner:
            return None
        return self._make_list_section(
            "opportunities",
            self.env._("Open Opportunities"),
            "fa-star-o",
            "crm.lead",
            self._get_opportunity_domain(customer),
            lambda lead: {
                "text": self._join(
                    lead.expected_revenue
                    and formatLang(
                        self.env,
                        lead.expected_revenue,
                        currency_obj=lead.company_currency,
                    ),
                    lead.stage_id.name,
                    lead.user_id.name,
                )
            },
        )

    @api.model
    def _build_activities(self, customer):
        """Return what is planned for the record, its contact, and their deals."""
        today = fields.Date.context_today(self)
        return self._make_list_section(
            "activities",
            self.env._("Planned Activities"),
            "fa-clock-o",
            "mail.activity",
            self._get_activity_domain(customer),
            lambda activity: {
                "name": activity.summary or activity.activity_type_id.name,
                "record": self.env[activity.res_model].browse(activity.res_id),
                "text": self._join(
                    format_date(self.env, activity.date_deadline),
                    activity.user_id.name,
                    activity.res_name,
                ),
                "is_late": activity.date_deadline < today,
            },
            order="date_deadline, id",
        )

    @api.model
    def _get_activity_domain(self, customer):
        targets = [
            Domain("res_model", "=", each._name) & Domain("res_id", "=", each.id)
            for each in (customer.record, customer.partner)
            if each
        ]
        leads = self.env["crm.lead"]
        if customer.partner and leads.has_access("read"):
            found = leads._search(self._get_opportunity_domain(customer))
            targets.append(
                Domain("res_model", "=", leads._name) & Domain("res_id", "in", found)
            )
        return Domain.OR(targets)

    # === WHAT HAPPENED LAST === #

    @api.model
    def _find_calls(self, customer, limit):
        """Return the last calls with the customer that the user may read."""
        # sudo - telephony.call: the raw links lead to records that the user may read
        related = (
            self.env["telephony.call"]
            .sudo()
            ._search(
                [
                    "|",
                    "&",
                    ("res_model", "=", customer.record._name),
                    ("res_id", "=", customer.record.id),
                    ("partner_id", "in", customer.partner.ids),
                ]
            )
        )
        return self.env["telephony.call"].search(
            [("id", "in", related), ("id", "not in", customer.call.ids)], limit=limit
        )

    @api.model
    def _get_excerpt(self, html):
        """Return the beginning of a text in plain words, ``False`` for none."""
        return html2plaintext(html or "").strip()[:EXCERPT_LENGTH] or False

    @api.model
    def _build_calls(self, customer):
        directions = dict(
            self.env["telephony.call"]
            ._fields["direction"]
            ._description_selection(self.env)
        )
        title = self.env._("Last Calls")
        return self._make_section(
            "calls",
            title,
            "fa-phone",
            self._find_calls(customer, SECTION_LINES),
            lambda call: {
                "name": self._join(
                    directions[call.direction], call._get_outcome_text()
                ),
                "text": self._join(
                    call.start_date and self._write_time(call.start_date),
                    call.duration and format_seconds(call.duration),
                    call.handled_by_id.name,
                ),
                "note": self._get_excerpt(call.note),
                "is_late": call.to_call_back,
            },
            more=self.env["telephony.record.call"]._get_action(customer.record, title),
        )

    @api.model
    def _build_notes(self, customer):
        """Return the last notes of people in the chatter; calls have their own."""
        note = self.env.ref("mail.mt_note")
        messages = self.env["mail.message"].search(
            [
                ("model", "=", customer.record._name),
                ("res_id", "=", customer.record.id),
                ("message_type", "=", "comment"),
                ("subtype_id", "=", note.id),
            ],
            limit=SECTION_LINES,
        )
        # sudo - telephony.call: which messages are those of calls
        calls_sudo = self.env["telephony.call"].sudo()
        of_calls = calls_sudo.search([("message_id", "in", messages.ids)]).message_id
        return self._make_section(
            "notes",
            self.env._("Last Notes"),
            "fa-sticky-note-o",
            messages - of_calls.with_env(self.env),
            lambda message: {
                "name": message.author_id.name or message.email_from,
                "record": customer.record,
                "text": self._write_time(message.date),
                "note": self._get_excerpt(message.body),
            },
        )

    @api.model
    def _write_time(self, date):
        return format_datetime(self.env, date, dt_format="short")

    @api.model
    def _join(self, *parts):
        return " · ".join(filter(None, parts))

    # === WHO IT IS === #

    @api.model
    def _get_header(self, record):
        """Return what the page of a call begins with.

        :param record: whose page it is, which the user may read; empty for nobody
        :return: the values of these fields of `telephony.registration`
        :rtype: dict
        """
        if not record:
            return dict.fromkeys(
                (
                    "customer_name",
                    "customer_company",
                    "customer_since",
                    "customer_image_url",
                ),
                False,
            )
        name = record._telephony_name()
        company = record._telephony_company_name()
        return {
            "customer_name": name,
            "customer_company": company != name and company,
            "customer_since": self._get_since_text(record),
            "customer_image_url": self._get_image_url(record),
        }

    @api.model
    def _get_image_url(self, record):
        """Return the address of a record's picture, or of its contact's.

        :param record: which the user may read
        :return: ``False`` where neither has one
        """
        partner = record._telephony_partner()._filtered_access("read")
        for each in (record, partner):
            if each and "avatar_128" in each._fields:
                stamp = each.write_date and each.write_date.strftime("%Y%m%d%H%M%S")
                return f"/web/image/{each._name}/{each.id}/avatar_128?unique={stamp}"
        return False

    @api.model
    def _get_since_text(self, record):
        """Return since when a record's contact is a customer, or is known, in words.

        :param record: which the user may read
        """
        customer = self._get_customer(record, self.env["telephony.call"])
        if since := self._get_since(customer):
            return self.env._(
                "Customer since %(date)s", date=format_date(self.env, since)
            )
        created = (customer.partner or record).create_date
        return created and self.env._(
            "Known since %(date)s", date=format_date(self.env, created)
        )

    @api.model
    def _get_since(self, customer):
        """Return the day of the first deal, as far as the user may read it.

        For an addon that knows of an earlier one, as the first order, override.

        :param Customer customer: whom it is about
        :rtype: datetime.date | datetime.datetime | bool
        """
        leads = self.env["crm.lead"]
        if not customer.partner or not leads.has_access("read"):
            return False
        [(first,)] = leads._read_group(
            [
                ("partner_id", "child_of", customer.family.ids),
                ("won_status", "=", "won"),
            ],
            [],
            ["date_closed:min"],
        )
        return first or False
