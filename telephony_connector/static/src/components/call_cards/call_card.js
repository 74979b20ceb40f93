import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { CallTimer } from "@telephony_connector/components/call_timer/call_timer";
import { getStatusText } from "@telephony_connector/services/call_news";

/** One call: who it is, how far it has come, and what can be done about it. */
export class CallCard extends Component {
    static template = "telephony_connector.CallCard";
    static components = { CallTimer };
    static props = { call: Object };

    setup() {
        this.telephony = useService("telephony");
        this.action = useService("action");
    }

    get status() {
        return getStatusText(this.props.call);
    }

    get isRinging() {
        const { state, mine } = this.props.call;
        return state === "ringing" && mine !== "ended";
    }

    get isTalking() {
        const { state, mine } = this.props.call;
        return state === "ongoing" && mine === "ongoing";
    }

    get isOver() {
        const { state, mine, isFailed } = this.props.call;
        return isFailed || state === "ended" || (state === "ongoing" && mine === "ended");
    }

    /** The record that the call belongs to, or those that have its number. */
    get records() {
        const { object, matches = [] } = this.props.call;
        return object ? [object] : matches;
    }

    get moreText() {
        const { object, match_count = 0 } = this.props.call;
        const more = match_count - this.records.length;
        return !object && more > 0 ? _t("and %(count)s more", { count: more }) : "";
    }

    /** On which line, queue and system the call came in. */
    get lineText() {
        const { isIncoming, dialed_number, queue, pbx_name } = this.props.call;
        return isIncoming ? [queue, dialed_number, pbx_name].filter(Boolean).join(" · ") : "";
    }

    get isUnknown() {
        const { object, matches, hidden, withheld, direction } = this.props.call;
        return Boolean(
            matches &&
                !object &&
                !matches.length &&
                !hidden &&
                !withheld &&
                direction !== "internal"
        );
    }

    openRecord({ model, id }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}
