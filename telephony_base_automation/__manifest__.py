{
    "name": "Telephony: Automation Rules",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Automation rules see calls come in, and can't keep them out",
    "author": "The telephony_connector project",
    "license": "LGPL-3",
    "images": [
        "static/description/banner.png",
        "static/description/automation-rule.png",
    ],
    "depends": ["telephony_connector", "base_automation"],
    "auto_install": True,
}
