{
    "name": "Telephony Connector",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Click-to-call and incoming calls for Asterisk and other telephone systems",
    "author": "The telephony_connector project",
    "license": "LGPL-3",
    "depends": ["crm", "phone_validation"],
    "external_dependencies": {
        "python": ["panoramisk", "phonenumbers", "requests"],
    },
    "data": [],
    "application": True,
    "installable": True,
}
