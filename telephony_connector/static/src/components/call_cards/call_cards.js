import { Component, useState } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { CallCard } from "./call_card";
import { WrapUpCard } from "@telephony_connector/components/wrap_up_card/wrap_up_card";
import { getStatusText } from "@telephony_connector/services/call_state";

/** The stack of cards, beside the work and never in front of the focus. */
export class CallCards extends Component {
    static template = "telephony_connector.CallCards";
    static components = { CallCard, WrapUpCard };
    static props = {};

    setup() {
        this.telephony = useService("telephony");
        this.action = useService("action");
        this.state = useState({ isPage: false });
        useBus(this.env.bus, "ACTION_MANAGER:UI-UPDATED", () => this.lookAtPage());
        this.lookAtPage();
    }

    /** A call's page has all of a wrap-up, and nothing is to cover what one types. */
    lookAtPage() {
        const { action } = this.action.currentController || {};
        this.state.isPage = action?.res_model === "telephony.registration";
    }

    /** Whether the last words of a call's card stand in what is left to do after it. */
    hasWrapUp({ id }) {
        return !this.state.isPage && this.telephony.wrapUps.some((wrapUp) => wrapUp.id === id);
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
