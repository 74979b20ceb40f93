import { _t } from "@web/core/l10n/translation";

/** What an agent is doing, in words and in Odoo's colors. */
export const AGENT_STATES = Object.freeze({
    idle: { label: _t("Free"), className: "text-success", icon: "fa-circle" },
    ringing: { label: _t("Ringing"), className: "text-warning", icon: "fa-bell" },
    in_use: { label: _t("On the phone"), className: "text-danger", icon: "fa-phone" },
    on_hold: { label: _t("On hold"), className: "text-danger", icon: "fa-pause-circle" },
    paused: { label: _t("On a break"), className: "text-info", icon: "fa-coffee" },
    unavailable: { label: _t("Not reachable"), className: "text-muted", icon: "fa-plug" },
    unknown: { label: _t("Not known"), className: "text-muted", icon: "fa-question-circle" },
});

/**
 * @param {Object} agent a row of the board
 * @param {Object} [call] the call that the agent is in
 * @returns {string} one of `AGENT_STATES`
 */
export function getAgentState(agent, call) {
    const { availability, paused_queues } = agent;
    if (!availability && call) {
        // The state of the telephone itself is not known, but that of the call is.
        return call.talking.includes(agent.id) ? "in_use" : "ringing";
    }
    if (paused_queues.length && ["idle", false].includes(availability)) {
        return "paused";
    }
    return availability || "unknown";
}

/** @returns {boolean} whether the next caller of the queue may ring there */
export function isFree(agent, call, queue) {
    return (
        getAgentState({ ...agent, paused_queues: [] }, call) === "idle" &&
        !agent.paused_queues.includes(queue.name)
    );
}
