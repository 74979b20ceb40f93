{
    "name": "Telephony: Sales",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Open quotations and orders stand beside a customer's call",
    "author": "The telephony_connector project",
    "license": "LGPL-3",
    "images": [
        "static/description/banner.png",
        "static/description/orders.png",
    ],
    "depends": ["telephony_connector", "sale"],
    "auto_install": True,
}
