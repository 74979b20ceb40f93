import { markRaw, onWillDestroy, onWillStart, useState } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";

/** The channel to subscribe to; the server knows whose board it is. */
export const CHANNEL = "telephony.board";
// Milliseconds from one request for what changed to the next, at least.
export const FETCH_EVERY = 1000;

/** @returns {Object} the rows by id; a row is replaced as a whole when it changes */
function index(rows) {
    return Object.fromEntries(rows.map((row) => [row.id, markRaw(row)]));
}

/**
 * What the board is sent, as `tools/payloads.py` describes it.
 *
 * @typedef {Object} BoardPbx
 * @property {number} id
 * @property {string} name
 * @property {string|false} fault
 * @property {string[]} actions
 *
 * @typedef {Object} BoardQueue
 * @property {number} id
 * @property {number} pbx_id
 * @property {string} name
 * @property {string[]} waiting
 * @property {number} answered
 * @property {number} missed
 *
 * @typedef {Object} BoardAgent
 * @property {number} id
 * @property {number} pbx_id
 * @property {string} number
 * @property {string} name
 * @property {boolean} is_mine
 * @property {number[]} team_ids
 * @property {string|false} availability
 * @property {string|false} since
 * @property {string[]} queues
 * @property {string[]} paused_queues
 * @property {string|false} reason
 *
 * @typedef {Object} BoardCall
 * @property {number} id
 * @property {number} pbx_id
 * @property {"inbound"|"outbound"|"internal"} direction
 * @property {"ringing"|"ongoing"|"ended"} state
 * @property {string} number
 * @property {string|false} contact
 * @property {string|false} queue
 * @property {boolean} waits
 * @property {string|false} since
 * @property {number[]} talking
 * @property {number[]} ringing
 *
 * @typedef {Object} BoardTeam
 * @property {number} id
 * @property {string} name
 *
 * @typedef {Object} BoardState
 * @property {BoardPbx[]} pbxs
 * @property {BoardQueue[]} queues
 * @property {BoardAgent[]} agents
 * @property {BoardCall[]} calls
 * @property {BoardTeam[]} teams
 */

/**
 * The rows that the live board shows. The bus names what changed, and it is asked for as
 * the user, so that nobody sees what they may not read: many changes by one request.
 */
export class BoardStore {
    constructor(orm, busService) {
        this.services = markRaw({ orm, busService });
        this.pbxs = {};
        this.queues = {};
        this.agents = {};
        this.calls = {};
        this.teams = [];
        this.pending = markRaw({ calls: new Set(), agents: new Set(), all: false });
        this.fetching = markRaw({ timer: null, isBusy: false, last: -FETCH_EVERY });
    }

    async start() {
        const { busService } = this.services;
        this.onChanged = this.onChanged.bind(this);
        this.onReconnect = () => this.onChanged({});
        busService.subscribe("telephony.board/changed", this.onChanged);
        busService.addEventListener("BUS:RECONNECT", this.onReconnect);
        await busService.addChannel(CHANNEL);
        await this.load();
    }

    stop() {
        const { busService } = this.services;
        busService.unsubscribe("telephony.board/changed", this.onChanged);
        busService.removeEventListener("BUS:RECONNECT", this.onReconnect);
        busService.deleteChannel(CHANNEL);
        browser.clearTimeout(this.fetching.timer);
        this.isStopped = true;
    }

    async load() {
        const state = await this.services.orm.silent.call("telephony.board", "get_state", []);
        for (const name of ["pbxs", "queues", "agents", "calls"]) {
            this[name] = index(state[name]);
        }
        this.teams = state.teams;
    }

    /** @param {{ calls?: number[], extensions?: number[] }} payload without either: all */
    onChanged({ calls, extensions }) {
        calls?.forEach((id) => this.pending.calls.add(id));
        extensions?.forEach((id) => this.pending.agents.add(id));
        this.pending.all ||= !calls && !extensions;
        this.schedule();
    }

    schedule() {
        const { fetching, pending } = this;
        const isNeeded = pending.all || pending.calls.size || pending.agents.size;
        if (this.isStopped || !isNeeded || fetching.isBusy || fetching.timer) {
            return;
        }
        const wait = Math.max(0, fetching.last + FETCH_EVERY - browser.performance.now());
        fetching.timer = browser.setTimeout(() => this.fetch(), wait);
    }

    async fetch() {
        const { fetching, pending } = this;
        const { all } = pending;
        const [calls, agents] = [[...pending.calls], [...pending.agents]];
        Object.assign(fetching, { timer: null, isBusy: true, last: browser.performance.now() });
        Object.assign(pending, { calls: new Set(), agents: new Set(), all: false });
        try {
            if (all) {
                await this.load();
            } else {
                this.applyChanges(
                    await this.services.orm.silent.call("telephony.board", "get_changes", [
                        calls,
                        agents,
                    ])
                );
            }
        } catch (error) {
            // Once the line to the server is back, the bus says so and all is asked for.
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        } finally {
            fetching.isBusy = false;
            this.schedule();
        }
    }

    applyChanges({ queues, agents, calls, gone_calls }) {
        this.queues = index(queues);
        Object.assign(this.agents, index(agents));
        Object.assign(this.calls, index(calls));
        gone_calls.forEach((id) => delete this.calls[id]);
    }
}

/** @returns {BoardStore} the board's rows, while the component lives */
export function useBoardStore() {
    const store = useState(new BoardStore(useService("orm"), useService("bus_service")));
    onWillStart(() => store.start());
    onWillDestroy(() => store.stop());
    return store;
}
