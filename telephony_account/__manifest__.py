{
    "name": "Telephony: Invoicing",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Unpaid invoices stand beside a customer's call",
    "author": "The telephony_connector project",
    "license": "LGPL-3",
    "images": [
        "static/description/banner.png",
        "static/description/invoices.png",
    ],
    "depends": ["telephony_connector", "account"],
    "auto_install": True,
}
