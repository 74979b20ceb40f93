{
    "name": "Telephony: MightyCall",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Click-to-call and incoming calls with MightyCall's servers",
    "author": "The telephony_connector project",
    "license": "LGPL-3",
    "images": [
        "static/description/banner.png",
        "static/description/mightycall.png",
    ],
    "depends": ["telephony_connector"],
    "external_dependencies": {"python": ["requests"]},
    "data": [
        "security/telephony_security.xml",
        "security/ir.model.access.csv",
        "views/telephony_pbx_views.xml",
        "views/telephony_pbx_setup_views.xml",
        "views/telephony_mightycall_status_views.xml",
        "data/ir_cron.xml",
    ],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
