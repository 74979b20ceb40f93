import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { CallTimer } from "@telephony_connector/components/call_timer/call_timer";
import { AgentCard } from "./agent_card";
import { AGENT_STATES, getAgentState, isFree } from "./agent_state";
import { useBoardStore } from "./board_store";

import { Component, onWillRender, useState } from "@odoo/owl";

const collator = new Intl.Collator();
const byName = (a, b) => collator.compare(a.name, b.name) || a.id - b.id;
const DIRECTIONS = Object.freeze({
    inbound: { label: _t("Incoming"), icon: "fa-long-arrow-down" },
    outbound: { label: _t("Outgoing"), icon: "fa-long-arrow-up" },
    internal: { label: _t("Internal"), icon: "fa-arrows-h" },
});

/** Who waits, who talks and who is free: now, for supervisors. */
export class LiveBoard extends Component {
    static template = "telephony_supervisor.LiveBoard";
    static components = { AgentCard, CallTimer, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.board = useBoardStore();
        this.filter = useState({ text: "", queue: "", team: "", state: "" });
        this.display = { controlPanel: {} };
        this.directions = DIRECTIONS;
        onWillRender(() => this.prepare());
    }

    get faults() {
        return Object.values(this.board.pbxs).filter(({ fault }) => fault);
    }

    /** Work out once for a rendering what the template shows. */
    prepare() {
        this.queues = Object.values(this.board.queues).sort(byName);
        this.entries = this.getEntries();
        this.agents = this.entries.filter((entry) => this.isShown(entry));
        const isAll = Object.values(this.filter).every((value) => !value);
        const calls = Object.values(this.board.calls).sort((a, b) => a.id - b.id);
        const shown = new Set(this.agents.map(({ agent }) => agent.id));
        this.calls = isAll ? calls : calls.filter((call) => this.isCallShown(call, shown));
    }

    /** All agents, each with their call and what they are doing. */
    getEntries() {
        const calls = {};
        for (const call of Object.values(this.board.calls)) {
            call.ringing.forEach((id) => (calls[id] ||= call));
            call.talking.forEach((id) => (calls[id] = call));
        }
        return Object.values(this.board.agents)
            .sort(byName)
            .map((agent) => {
                const call = calls[agent.id];
                return { agent, call, state: getAgentState(agent, call) };
            });
    }

    isShown({ agent, state }) {
        const { filter } = this;
        const queue = this.board.queues[filter.queue];
        return (
            this.matches(agent.name, agent.number) &&
            (!queue || isMember(agent, queue)) &&
            (!filter.team || agent.team_ids.includes(Number(filter.team))) &&
            (!filter.state || state === filter.state)
        );
    }

    /** Calls of the agents shown, of the queue chosen, and those looked for. */
    isCallShown(call, shownIds) {
        const queue = this.board.queues[this.filter.queue];
        return (
            this.getParties(call).some(({ id }) => shownIds.has(id)) ||
            (queue && isOf(call, queue)) ||
            (this.filter.text && this.matches(call.number, call.contact || ""))
        );
    }

    get shownQueues() {
        return this.queues.filter(({ id }) => [String(id), ""].includes(this.filter.queue));
    }

    get states() {
        return Object.entries(AGENT_STATES).map(([name, { label }]) => ({ name, label }));
    }

    matches(...values) {
        const wanted = this.filter.text.trim().toLowerCase();
        return values.some((value) => value.toLowerCase().includes(wanted));
    }

    /** Who of the queue's agents could take the next caller. */
    getStaff(queue) {
        const staff = this.entries.filter(({ agent }) => isMember(agent, queue));
        const free = staff.filter(({ agent, call }) => isFree(agent, call, queue));
        return _t("%(free)s of %(all)s free", { free: free.length, all: staff.length });
    }

    getToday({ answered, missed }) {
        return _t("Today: %(answered)s answered, %(missed)s missed", { answered, missed });
    }

    /** The queues of an agent's telephone system; the same array while they are. */
    getQueues(pbxId) {
        if (this.queuesOf?.source !== this.board.queues) {
            this.queuesOf = { source: this.board.queues, byPbx: {} };
        }
        return (this.queuesOf.byPbx[pbxId] ||= this.queues.filter(
            (queue) => queue.pbx_id === pbxId
        ));
    }

    getParties(call) {
        const ids = call.talking.length ? call.talking : call.ringing;
        return ids.map((id) => this.board.agents[id]).filter(Boolean);
    }

    getCallState({ waits, state }) {
        if (waits) {
            return _t("Waiting");
        }
        return state === "ongoing" ? _t("On the phone") : _t("Ringing");
    }

    getNames(call) {
        return this.getParties(call)
            .map(({ name }) => name)
            .join(", ");
    }
}

function isMember(agent, queue) {
    return agent.pbx_id === queue.pbx_id && agent.queues.includes(queue.name);
}

function isOf(call, queue) {
    return call.pbx_id === queue.pbx_id && call.queue === queue.name;
}

registry.category("lazy_components").add("telephony_supervisor.LiveBoard", LiveBoard);
