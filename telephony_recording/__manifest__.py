{
    "name": "Telephony: Recordings",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Recordings and messages of calls: heard, kept and deleted by rules",
    "author": "The telephony_connector project",
    "license": "LGPL-3",
    "images": [
        "static/description/banner.png",
        "static/description/recording.png",
    ],
    "depends": ["telephony_connector"],
    "external_dependencies": {"python": ["requests"]},
    "data": [
        "security/telephony_security.xml",
        "security/ir.model.access.csv",
        "views/telephony_legal_hold_views.xml",
        "views/telephony_call_views.xml",
        "views/telephony_pbx_views.xml",
        "views/telephony_recording_rule_views.xml",
        "views/telephony_registration_views.xml",
        "views/telephony_menus.xml",
        "data/ir_cron.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "telephony_recording/static/src/**/*",
        ],
        "web.assets_tests": [
            "telephony_recording/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "telephony_recording/static/tests/**/*",
            ("remove", "telephony_recording/static/tests/tours/**/*"),
        ],
    },
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
