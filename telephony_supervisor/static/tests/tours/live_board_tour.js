import { registry } from "@web/core/registry";

/** A supervisor looks at the board and lets an agent have a break. */
registry.category("web_tour.tours").add("telephony_live_board", {
    steps: () => [
        {
            content: "A caller waits",
            trigger: "[data-queue=support] .o_telephony_waiting:contains(1)",
        },
        {
            content: "Look for an agent",
            trigger: ".o_telephony_board_search",
            run: "edit 1001",
        },
        {
            content: "What can be done with them",
            trigger:
                ".o_telephony_agents:not(:has([data-agent='1002'])) [data-agent='1001'] button",
            run: "click",
        },
        {
            content: "Let them have a break",
            trigger: ".o-dropdown--menu .o_telephony_do_pause",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal #o_telephony_reason",
            run: "edit Lunch",
        },
        {
            content: "Begin it",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The page stayed, and is not listened in: nobody read the law",
            trigger: "body:not(:has(.modal)) [data-agent='1001'] button",
            run: "click",
        },
        {
            content: "Nothing of the kind is offered",
            trigger: ".o-dropdown--menu:not(:has(.o_telephony_do_listen))",
        },
    ],
});
