import { registry } from "@web/core/registry";

/** Who has no extension keeps Odoo's own link. */
registry.category("web_tour.tours").add("telephony_plain_link", {
    steps: () => [
        {
            content: "The number is a plain link",
            trigger:
                "body:not(:has(.o_telephony_call, .o_telephony_call_record))" +
                ":has(.o_field_phone a[href^='tel:'])",
        },
    ],
});
