{
    "name": "Telephony: Events",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Attendees of events are known when they call",
    "author": "The telephony_connector project",
    "license": "LGPL-3",
    "images": [
        "static/description/banner.png",
        "static/description/attendee.png",
    ],
    "depends": ["telephony_connector", "event"],
    "auto_install": True,
}
