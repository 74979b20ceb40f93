{
    "name": "Telephony: Project",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Open tasks stand beside a customer's call",
    "author": "The telephony_connector project",
    "license": "LGPL-3",
    "images": [
        "static/description/banner.png",
        "static/description/tasks.png",
    ],
    "depends": ["telephony_connector", "project"],
    "auto_install": True,
}
