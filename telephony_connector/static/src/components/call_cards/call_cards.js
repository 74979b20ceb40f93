import { Component } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { CallCard } from "@telephony_connector/components/call_cards/call_card";
import { getStatusText } from "@telephony_connector/services/call_news";

/** The stack of cards, beside the work and never in front of the focus. */
export class CallCards extends Component {
    static template = "telephony_connector.CallCards";
    static components = { CallCard };
    static props = {};

    setup() {
        this.telephony = useService("telephony");
    }

    /** What a screen reader says, without the buttons that it would read from a card. */
    get announcement() {
        return this.telephony.cards
            .map((call) => [call.title, call.object?.name, getStatusText(call)])
            .map((texts) => texts.filter(Boolean).join(", "))
            .join(". ");
    }
}

registry.category("main_components").add("telephony_connector.CallCards", {
    Component: CallCards,
});
