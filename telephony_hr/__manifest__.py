{
    "name": "Telephony: Employees",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Colleagues are known when they call from their own phones",
    "author": "The telephony_connector project",
    "license": "LGPL-3",
    "images": [
        "static/description/banner.png",
        "static/description/employee.png",
    ],
    "depends": ["telephony_connector", "hr"],
    "auto_install": True,
}
