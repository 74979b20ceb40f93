import { Component, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { CallTimer } from "@telephony_connector/components/call_timer/call_timer";

/** The user's own place in the queues: ready or on a break, and which queues. */
export class AgentState extends Component {
    static template = "telephony_connector.AgentState";
    static components = { CallTimer };
    static props = {};

    setup() {
        this.telephony = useService("telephony");
        this.commands = useService("telephony.commands");
        // Which list is open: "reasons", "queues" or none.
        this.state = useState({ list: null });
    }

    get agent() {
        return this.telephony.phone.agent;
    }

    get text() {
        const { in_queues, is_paused, reason } = this.agent;
        if (!in_queues) {
            return _t("In no queue");
        }
        if (!is_paused) {
            return _t("Ready for queue calls");
        }
        if (this.agent.is_wrapping_up) {
            return _t("Wrapping up a call");
        }
        return reason ? _t("On a break: %(reason)s", { reason }) : _t("On a break");
    }

    get icon() {
        const { in_queues, is_paused } = this.agent;
        if (!in_queues) {
            return "fa-circle-o text-muted";
        }
        return is_paused ? "fa-pause-circle text-warning" : "fa-check-circle text-success";
    }

    toggle(list) {
        this.state.list = this.state.list === list ? null : list;
    }

    act(method, ...args) {
        this.state.list = null;
        return this.commands.send("telephony.agent", method, args);
    }

    /** A break without a choice of reasons begins at once. */
    onBreak() {
        return this.agent.reasons.length ? this.toggle("reasons") : this.act("pause");
    }

    onQueue({ id, is_member }) {
        return this.commands.send("telephony.agent", is_member ? "log_out" : "log_in", [id]);
    }
}
