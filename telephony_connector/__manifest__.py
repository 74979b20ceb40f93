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
    "assets": {
        "web.assets_backend": [
            "telephony_connector/static/src/**/*",
            ("remove", "telephony_connector/static/src/**/*.dark.scss"),
        ],
        "web.assets_web_dark": [
            "telephony_connector/static/src/**/*.dark.scss",
        ],
        "web.assets_tests": [
            "telephony_connector/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "telephony_connector/static/tests/**/*",
            ("remove", "telephony_connector/static/tests/tours/**/*"),
        ],
    },
    "application": True,
    "installable": True,
}
