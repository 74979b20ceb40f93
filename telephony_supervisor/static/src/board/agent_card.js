import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { CallTimer } from "@telephony_connector/components/call_timer/call_timer";
import { AGENT_STATES } from "./agent_state";
import { BreakDialog } from "./break_dialog";

import { Component } from "@odoo/owl";

const SPYING = Object.freeze({
    listen: _t("Listen"),
    whisper: _t("Speak to the agent alone"),
    barge: _t("Join the call"),
});

/** One agent: what they are doing, and what a supervisor can do about it. */
export class AgentCard extends Component {
    static template = "telephony_supervisor.AgentCard";
    static components = { CallTimer, Dropdown, DropdownItem };
    static props = {
        agent: Object,
        /** The call that the agent is in, as far as the user may know it. */
        call: { type: Object, optional: true },
        state: String,
        pbx: Object,
        /** All queues of the telephone system that the user supervises. */
        queues: Array,
    };

    setup() {
        this.commands = useService("telephony.commands");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
    }

    get look() {
        return AGENT_STATES[this.props.state];
    }

    get since() {
        const { agent, call } = this.props;
        return call ? call.since : agent.since;
    }

    get actionsLabel() {
        return _t("Actions for %(name)s", { name: this.props.agent.name });
    }

    isPaused(queue) {
        return this.props.agent.paused_queues.includes(queue);
    }

    /** What the drop-down offers: the label, and what it does. */
    get items() {
        const { agent, pbx } = this.props;
        const items = [];
        if (agent.queues.length && !agent.queues.every((queue) => this.isPaused(queue))) {
            items.push(["pause", _t("Break…"), () => this.openBreak()]);
        }
        if (agent.paused_queues.length) {
            items.push(["resume", _t("End the break"), () => this.act("resume")]);
        }
        for (const { name } of this.props.queues) {
            const isIn = agent.queues.includes(name);
            const label = isIn
                ? _t("Log out of %(queue)s", { queue: name })
                : _t("Log into %(queue)s", { queue: name });
            const action = isIn ? "log_out" : "log_in";
            items.push([action, label, () => this.act(action, { queue: name })]);
        }
        if (["in_use", "on_hold"].includes(this.props.state) && !agent.is_mine) {
            for (const [mode, label] of Object.entries(SPYING)) {
                items.push([mode, label, () => this.act(mode)]);
            }
        }
        return items
            .filter(([action]) => pbx.actions.includes(action))
            .map(([action, label, run]) => ({ action, label, run }));
    }

    openBreak() {
        this.dialog.add(BreakDialog, {
            name: this.props.agent.name,
            confirm: (reason) => this.act("pause", { reason }),
        });
    }

    async act(action, values = {}) {
        const answer = await this.commands.send(
            "telephony.board",
            "act",
            [this.props.agent.id, action],
            values
        );
        if (answer?.message) {
            this.notification.add(answer.message, { type: "info" });
        }
    }
}
