{
    "name": "Telephony: Supervising",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Live board of calls, queues and agents; figures; listening to calls",
    "author": "The telephony_connector project",
    "license": "LGPL-3",
    "images": [
        "static/description/banner.png",
        "static/description/dashboard.png",
        "static/description/live-board.png",
    ],
    "depends": ["telephony_connector"],
    "data": [
        "security/telephony_security.xml",
        "security/ir.model.access.csv",
        "views/telephony_board_views.xml",
        "views/telephony_call_report_views.xml",
        "views/telephony_pbx_views.xml",
        "views/telephony_menus.xml",
        "views/res_users_views.xml",
        "views/res_config_settings_views.xml",
        "views/digest_views.xml",
        "data/digest_data.xml",
        "data/weekly_report.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "telephony_supervisor/static/src/**/*",
            ("remove", "telephony_supervisor/static/src/board/**/*"),
        ],
        "telephony_supervisor.assets_board": [
            "telephony_supervisor/static/src/board/**/*",
        ],
        "web.assets_tests": [
            "telephony_supervisor/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "telephony_supervisor/static/src/board/**/*",
            "telephony_supervisor/static/tests/**/*",
            ("remove", "telephony_supervisor/static/tests/tours/**/*"),
        ],
    },
}
