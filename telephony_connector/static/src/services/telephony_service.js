import { EventBus, markRaw, reactive } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { omit, pick } from "@web/core/utils/objects";
import { session } from "@web/session";
import { isTalking, NEWS_KEYS } from "@telephony_connector/services/call_news";
import { CallStore } from "@telephony_connector/services/call_store";

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
        this.stepsAside = this.hasOtherSoftphone && user.settings.telephony_other_softphone;
    }

    // ---------------------------------------------------------------------------
    // State
    // ---------------------------------------------------------------------------

    /** Whether a number that is clicked is called by this telephone. */
    get callsByClick() {
        return this.phone.can_call && !this.stepsAside;
    }

    get hasOtherSoftphone() {
        return OTHER_SOFTPHONES.some((name) => registry.category("services").contains(name));
    }

    /** Leave clicked numbers to the other softphone, or take them back. */
    async setStepsAside(stepsAside) {
        this.stepsAside = stepsAside;
        await user.setUserSettings("telephony_other_softphone", stepsAside);
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
        bus_service.subscribe("telephony.call/changed", (news) => this.onCallChanged(news));
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
        const phone = await this.ask("get_phone_state", [], "telephony.client");
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
        const agent = await this.ask("get_state", [], "telephony.agent");
        if (agent !== undefined) {
            this.phone = { ...this.phone, agent };
        }
    }

    /** Read which calls are parked, as far as the user may see them. */
    async loadParked() {
        const parked = await this.ask("get_parked", [], "telephony.client");
        if (parked) {
            this.phone = { ...this.phone, parked };
        }
    }

    // ---------------------------------------------------------------------------
    // Calls
    // ---------------------------------------------------------------------------

    /** @param {import("./call_news").CallNews} news */
    onCallChanged(news) {
        if (news.state === "ended") {
            // One more missed call, or one that was called back.
            this.setTimer("load", LOAD_DELAY, () => this.load());
        }
        const known = this.calls[news.id];
        const needsWrapUp = news.state === "ended" && known && this.needsWrapUp(known);
        const isNew = this.takeNews(news);
        if (news.state === "ended") {
            if (isNew && needsWrapUp) {
                this.offerWrapUp(news.id);
            }
            this.closeSavedWrapUp(news);
        }
        if (!isNew || news.state === "ended") {
            return;
        }
        const read = this.readCards([news.id]);
        if (news.open_page) {
            this.bus.trigger("PAGE", { id: news.id, mine: news.mine, read });
        }
    }

    /** Read what the cards of these calls show, as far as the user may know it. */
    async readCards(ids) {
        for (const card of (await this.ask("read_cards", [ids], "telephony.card")) || []) {
            this.takeNews(pick(card, ...NEWS_KEYS));
            const call = this.calls[card.id];
            if (call && card.revision >= call.revision) {
                Object.assign(call, omit(card, ...NEWS_KEYS));
            }
            if (call?.isShown && call.isIncoming && !call.details) {
                this.readDetails(call);
            }
        }
    }

    /** Offer what is left to do after a call. */
    async offerWrapUp(id) {
        const wrapUp = await this.ask("read_wrap_up", [id], "telephony.card");
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

    /** Read what else one wants to know; the card does not wait for it. */
    async readDetails(call) {
        call.details = {};
        const [details] =
            (await this.ask("read_card_details", [[call.id]], "telephony.card")) || [];
        call.details = details || {};
    }

    /** The card of a call that was just dialed; the server tells what becomes of it. */
    showDialed(id, numberDisplay) {
        this.takeNews({
            id,
            revision: 0,
            direction: "outbound",
            comes_in: false,
            state: "ringing",
            mine: "ringing",
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
     * Ask the server in the background: what fails there must not get in the user's way.
     *
     * @returns {Promise<any>} undefined where there was no answer
     */
    async ask(method, args, model = "telephony.call") {
        try {
            return await this.services.orm.silent.call(model, method, args);
        } catch (error) {
            if (!(error instanceof RPCError || error instanceof ConnectionLostError)) {
                throw error;
            }
        }
    }
}

export const telephonyService = {
    dependencies: ["bus_service", "orm"],
    start(env, services) {
        const telephony = reactive(new Telephony(services));
        telephony.start();
        env.bus.addEventListener("WEB_CLIENT_READY", () => telephony.load(), { once: true });
        return telephony;
    },
};

registry.category("services").add("telephony", telephonyService);
