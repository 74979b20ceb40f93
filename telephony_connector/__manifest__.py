{
    "name": "Telephony Connector",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Click-to-call and incoming calls with Asterisk and other systems",
    "author": "The telephony_connector project",
    "license": "LGPL-3",
    "depends": ["crm", "phone_validation"],
    "external_dependencies": {
        "python": ["panoramisk", "phonenumbers", "requests"],
    },
    "data": [
        "security/telephony_security.xml",
        "security/ir.model.access.csv",
        "data/ir_cron.xml",
        "data/telephony_disposition.xml",
        "data/ir_cron_telephony_number.xml",
        "views/telephony_pbx_views.xml",
        "views/telephony_pbx_softphone_views.xml",
        "views/telephony_extension_views.xml",
        "views/telephony_disposition_views.xml",
        "views/telephony_call_views.xml",
        "views/telephony_registration_views.xml",
        "views/telephony_menus.xml",
        "views/res_users_views.xml",
        "views/telephony_agent_token_views.xml",
        "views/res_partner_views.xml",
        "views/crm_lead_views.xml",
        "views/res_config_settings_views.xml",
    ],
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
    "uninstall_hook": "uninstall_hook",
    "application": True,
}
