import { EventBus, markRaw, reactive } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { session } from "@web/session";
import { isOutdated, isTalking } from "./call_state";
import { CallStore } from "./call_store";

// Milliseconds in which several ends of calls count as one reason to read the line again.
const LOAD_DELAY = 500;
// Calls whose wrap-up stays offered: more would fill the screen.
const MAX_WRAP_UPS = 3;
// The services of Enterprise's and of OCA's softphone in the browser.
const OTHER_SOFTPHONES = ["voip", "voip_oca"];
const NO_PHONE = Object.freeze({
    agent: false,
    can_call: false,
    extensions: [],
    line: "no_extension",
    missed_count: 0,
    open_calls: [],
    parked: [],
});

/**
 * The user's telephone in the web client: the calls that ring or run, and the state of
 * the line. Components read it through `useService("telephony")`.
 */
export class Telephony extends CallStore {
    /** @param {import("services").ServiceFactories} services */
    constructor(services) {
        super();
        this.services = markRaw(services);
        // "PAGE": a call's page is to open once its card was read.
        this.bus = markRaw(new EventBus());
        this.isActive = session.is_telephony_user;
        this.phone = NO_PHONE;
        this.usesOtherSoftphone = this.hasOtherSoftphone && user.settings.telephony_other_softphone;
    }

    // ---------------------------------------------------------------------------
    // State
    // ---------------------------------------------------------------------------

    /** Whether a number that is clicked is called by this telephone. */
    get callsByClick() {
        return this.phone.can_call && !this.usesOtherSoftphone;
    }

    get hasOtherSoftphone() {
        return OTHER_SOFTPHONES.some((name) => registry.category("services").contains(name));
    }

    /** Leave clicked numbers to the other softphone, or call them by this telephone. */
    async setUsesOtherSoftphone(usesOtherSoftphone) {
        this.usesOtherSoftphone = usesOtherSoftphone;
        await user.setUserSettings("telephony_other_softphone", usesOtherSoftphone);
    }

    /** `talking`, `ringing`, or the line's own: `ready`, `pbx_unreachable`, … */
    get lineState() {
        if (this.ownCalls.some(isTalking)) {
            return "talking";
        }
        return this.ownCalls.length ? "ringing" : this.phone.line;
    }

    /** The line's state in words. */
    get lineText() {
        const { extensions, index_complete } = this.phone;
        const texts = {
            talking: _t("On the phone"),
            ringing: _t("Ringing"),
            ready: index_complete === false ? _t("Index of numbers being built") : _t("Ready"),
            pbx_unreachable: extensions[0]?.connection_text,
            no_listener: _t("Listener not running"),
            no_extension: _t("No extension"),
        };
        return [extensions[0]?.number, texts[this.lineState]].filter(Boolean).join(" · ");
    }

    /** Subscribe to the bus, for users of the telephone only. */
    start() {
        if (!this.isActive) {
            return;
        }
        const { bus_service } = this.services;
        bus_service.subscribe("telephony.call/changed", (payload) => this.onCallChanged(payload));
        bus_service.subscribe("telephony.pbx/changed", () => this.load());
        bus_service.subscribe("telephony.call/dismissed", () => this.load());
        bus_service.subscribe("telephony.parking/changed", () => this.loadParked());
        bus_service.subscribe("telephony.agent/changed", () => this.loadAgent());
        bus_service.addEventListener("BUS:RECONNECT", () => this.load());
        bus_service.start();
    }

    /** Read the state of the line, and the calls that run already. */
    async load() {
        if (!this.isActive) {
            return;
        }
        const knownIds = Object.keys(this.calls).map(Number);
        const phone = await this.request("get_phone_state", [], "telephony.client");
        if (!phone) {
            return;
        }
        this.phone = phone;
        for (const id of knownIds) {
            if (
                this.calls[id] &&
                !phone.open_calls.includes(id) &&
                this.calls[id].state !== "ended"
            ) {
                // It ended while the line to the server was cut.
                this.end(this.calls[id]);
            }
        }
        if (phone.open_calls.length) {
            this.readCards(phone.open_calls);
        }
    }

    /** Read the user's own place in the queues. */
    async loadAgent() {
        const agent = await this.request("get_state", [], "telephony.agent");
        if (agent !== undefined) {
            this.phone = { ...this.phone, agent };
        }
    }

    /** Read which calls are parked, as far as the user may see them. */
    async loadParked() {
        const parked = await this.request("get_parked", [], "telephony.client");
        if (parked) {
            this.phone = { ...this.phone, parked };
        }
    }

    // ---------------------------------------------------------------------------
    // Calls
    // ---------------------------------------------------------------------------

    /** @param {import("./call_state").CallPayload} payload */
    onCallChanged(payload) {
        if (payload.state === "ended") {
            // One more missed call, or one that was called back.
            this.setTimer("load", LOAD_DELAY, () => this.load());
        }
        const known = this.calls[payload.id];
        const needsWrapUp = payload.state === "ended" && known && this.needsWrapUp(known);
        const isNew = this.updateCall(payload);
        if (payload.state === "ended") {
            if (isNew && needsWrapUp) {
                this.offerWrapUp(payload.id);
            }
            this.closeSavedWrapUp(payload);
        }
        if (!isNew || payload.state === "ended") {
            return;
        }
        const read = this.readCards([payload.id]);
        if (payload.open_page) {
            this.bus.trigger("PAGE", { id: payload.id, leg_state: payload.leg_state, read });
        }
    }

    /** Read what the cards of these calls show, as far as the user may know it. */
    async readCards(ids) {
        for (const card of (await this.request("read_cards", [ids], "telephony.card")) || []) {
            this.updateCall(card);
            const call = this.calls[card.id];
            if (call && !isOutdated(card, call)) {
                // Also of a call that has ended and still shows its outcome.
                Object.assign(call, card);
            }
            if (call?.isShown && call.is_incoming && !call.details) {
                this.readDetails(call);
            }
        }
    }

    /** Offer what is left to do after a call. */
    async offerWrapUp(id) {
        const wrapUp = await this.request("read_wrap_up", [id], "telephony.card");
        if (wrapUp) {
            this.closeWrapUp(id);
            this.wrapUps = [...this.wrapUps, wrapUp].slice(-MAX_WRAP_UPS);
        }
    }

    /** Somebody saved the call, in another tab or on its page. */
    closeSavedWrapUp({ id, registration_revision }) {
        const wrapUp = this.wrapUps.find((each) => each.id === id);
        if (wrapUp && registration_revision > wrapUp.revision) {
            this.closeWrapUp(id);
        }
    }

    /** Read the caller's details; the card does not wait for them. */
    async readDetails(call) {
        call.details = {};
        const details = await this.request("read_card_details", [[call.id]], "telephony.card");
        call.details = details?.[0] || {};
    }

    /** Show the card of a call that was just dialed; the bus brings its changes. */
    showDialed(id, numberDisplay) {
        this.updateCall({
            id,
            revision: 0,
            direction: "outbound",
            is_incoming: false,
            state: "ringing",
            leg_state: "ringing",
            progress: "own_phone",
            show_card: true,
        });
        if (this.calls[id]) {
            this.calls[id].title ||= numberDisplay;
            this.readCards([id]);
        }
    }

    // ---------------------------------------------------------------------------
    // Helpers
    // ---------------------------------------------------------------------------

    /**
     * Ask the server in the background: an error must not get in the user's way.
     *
     * @returns {Promise<any>} undefined where there was no answer
     */
    async request(method, args, model = "telephony.call") {
        try {
            return await this.services.orm.silent.call(model, method, args);
        } catch (error) {
            if (!(error instanceof RPCError || error instanceof ConnectionLostError)) {
                throw error;
            }
        }
    }
}

registry.category("services").add("telephony", {
    dependencies: ["bus_service", "orm"],
    start(env, services) {
        const telephony = reactive(new Telephony(services));
        telephony.start();
        env.bus.addEventListener("WEB_CLIENT_READY", () => telephony.load(), { once: true });
        return telephony;
    },
});
