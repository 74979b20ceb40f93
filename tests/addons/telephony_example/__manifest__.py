{
    "name": "Telephony: Example",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Calls by the servers of Example",
    "author": "The telephony_connector project",
    "license": "LGPL-3",
    "depends": ["telephony_connector"],
    "data": ["views/telephony_pbx_views.xml"],
}
