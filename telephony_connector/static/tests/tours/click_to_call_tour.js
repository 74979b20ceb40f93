import { registry } from "@web/core/registry";

/** From a partner's form: the field's button, then the panel's dial box by name. */
registry.category("web_tour.tours").add("telephony_click_to_call", {
    steps: () => [
        {
            content: "Call the number that the form shows",
            trigger: ".o_field_phone .o_telephony_call",
            run: "click",
        },
        {
            content: "The user's own phone is said to ring",
            trigger: ".o_telephony_card_status:contains(Ringing your phone)",
        },
        {
            content: "The page stayed",
            trigger: ".o_form_view .o_field_widget[name=name]",
        },
        {
            content: "The card can be put away",
            trigger: ".o_telephony_card_dismiss",
            run: "click",
        },
        {
            content: "Open the telephone",
            trigger: "body:not(:has(.o_telephony_card)) .o_telephony_menu button",
            run: "click",
        },
        {
            content: "Search by name",
            trigger: ".o_telephony_search input",
            run: "edit Tour Testcase",
        },
        {
            content: "Call the one found",
            trigger: ".o_telephony_callee:contains(Tour Testcase)",
            run: "click",
        },
        {
            content: "The own phone rings again",
            trigger: ".o_telephony_card_status:contains(Ringing your phone)",
        },
    ],
});
