"""Who calls in the demo: somebody for each way that a caller can be known."""

from datetime import datetime, timedelta

CALLERS = {
    "+33612345678": "exactly one contact has the number",
    "+33612340002": "a contact and its own open lead: the page opens with the contact",
    "+33612340003": "a contact and its archived duplicate: likewise",
    "+33612340004": "a contact, a lost and a won opportunity of its own: likewise",
    "+33612340005": "an archived contact alone: the page opens with it",
    "+33199000041": "two people share the number: a list to choose from",
    "+33199000042": "a company, one of its people and a lead: likewise",
    "+493023125678": "a company (its number ends in -0), likely: to confirm",
    "+33612340006": "an attendee of an event",
    "+33612340007": "a colleague's mobile phone",
}
"""What is known of whom, by number."""

APP_CALLERS = {
    "hr.applicant": ("+33612340008", "an applicant"),
    "mailing.contact": ("+33612340009", "a mailing contact"),
}
"""Those of apps that the demo does not install, by model."""

STRANGERS = {
    "+33639981234": "nobody has the number",
    "anonymous": "the number is withheld",
}


def create_callers(client):
    """Give each number of ``CALLERS`` to whom it is said to belong.

    Their numbers are written the way that people write them; the country says how a
    national one is read. What is there already is brought up to date.

    :param client: an :class:`~tools.stack.rpc.OdooClient` of an administrator.
    :return: texts by number, of all who can call.
    """
    _create_contacts(client)
    _create_attendee(client)
    _create_employee(client)
    further = {}
    for model, create in (
        ("hr.applicant", _create_applicant),
        ("mailing.contact", _create_mailing_contact),
    ):
        if client.search_count("ir.model", [("model", "=", model)]):
            create(client)
            number, text = APP_CALLERS[model]
            further[number] = text
    return {**CALLERS, **further, **STRANGERS}


def _france(client):
    return client.one("res.country", [("code", "=", "FR")])["id"]


def _create_contacts(client):
    france = _france(client)

    def contact(name, active=True, **values):
        domain = [("name", "=", name), ("active", "=", active)]
        values = {"name": name, "active": active, "country_id": france, **values}
        return client.upsert("res.partner", domain, **values)

    def lead(name, **values):
        domain = [("name", "=", name), ("active", "in", [True, False])]
        values = {"name": name, "country_id": france, **values}
        return client.upsert("crm.lead", domain, type="opportunity", **values)

    contact("Camille Laurent", phone="06 12 34 56 78")

    nadia = contact("Nadia Fournier", phone="06 12 34 00 02")
    lead("Balcony for Nadia Fournier", partner_id=nadia, phone="+33 6 12 34 00 02")

    contact("Louis Garnier", phone="06.12.34.00.03")
    contact("Louis Garnier (old)", active=False, phone="+33612340003")

    emma = contact("Emma Roche", phone="06 12 34 00 04")
    lost = lead("Stairs for Emma Roche", partner_id=emma, phone="0612340004")
    won = lead("Windows for Emma Roche", partner_id=emma, phone="0033 612 34 00 04")
    client.call("crm.lead", "action_set_lost", [lost])
    client.call("crm.lead", "action_set_won", [won])

    contact("Victor Renard", active=False, phone="06 12 34 00 05")

    contact("Claire Dumas", phone="01 99 00 00 41")
    contact("Hugo Dumas", phone="+33 (0)1 99 00 00 41")

    company = contact("Atelier Moreau", phone="01 99 00 00 42", is_company=True)
    contact("Paul Moreau", phone="+33 1 99 00 00 42", parent_id=company)
    lead(
        "Kitchen for Atelier Moreau",
        contact_name="Julie Moreau",
        phone="0033 199 00 00 42",
    )
    contact(
        "Werft Petersen",
        phone="+49 30 23125-0",
        is_company=True,
        country_id=client.one("res.country", [("code", "=", "DE")])["id"],
    )


def _create_attendee(client):
    name = "Demo: Open Day"
    begin = datetime.now().replace(microsecond=0) + timedelta(days=30)
    event = client.upsert(
        "event.event",
        [("name", "=", name)],
        name=name,
        date_begin=str(begin),
        date_end=str(begin + timedelta(hours=6)),
    )
    client.upsert(
        "event.registration",
        [("event_id", "=", event), ("name", "=", "Sarah Petit")],
        event_id=event,
        name="Sarah Petit",
        company_name="Petit & Cie",
        phone="+33 6 12 34 00 06",
    )


def _create_employee(client):
    client.upsert(
        "hr.employee",
        [("name", "=", "Thomas Girard")],
        name="Thomas Girard",
        job_title="Fitter",
        work_phone="+33 1 99 00 00 47",
        mobile_phone="+33 6 12 34 00 07",
    )


def _create_applicant(client):
    client.upsert(
        "hr.applicant",
        [("partner_name", "=", "Paula Blanc")],
        partner_name="Paula Blanc",
        partner_phone="+33 6 12 34 00 08",
    )


def _create_mailing_contact(client):
    client.upsert(
        "mailing.contact",
        [("name", "=", "Max Lefort")],
        name="Max Lefort",
        mobile="06 12 34 00 09",
        country_id=_france(client),
    )
