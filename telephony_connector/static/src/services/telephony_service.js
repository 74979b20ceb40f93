import { markRaw, reactive } from "@odoo/owl";

import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, rpc, RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { omit, pick } from "@web/core/utils/objects";
import { session } from "@web/session";
import { ChooseNumberDialog } from "@telephony_connector/components/choose_number/choose_number_dialog";
import { isTalking, NEWS_KEYS } from "@telephony_connector/services/call_news";
import { CallStore } from "@telephony_connector/services/call_store";
import { PageTurn } from "@telephony_connector/services/page_turn";
import { openLink } from "@telephony_connector/utils/open_link";

// Milliseconds in which several ends of calls count as one reason to read the line again.
const LOAD_DELAY = 500;
// Seconds that the server has beyond its own limit, and between two questions after it.
const COMMAND_GRACE = 1;

// The services of Enterprise's and of OCA's softphone in the browser.
const OTHER_SOFTPHONES = ["voip", "voip_oca"];
const NO_PHONE = Object.freeze({
    can_call: false,
    extensions: [],
    line: "no_extension",
    missed_count: 0,
    open_calls: [],
});
const USER_ERRORS = ["AccessError", "MissingError", "UserError", "ValidationError"].map(
    (name) => `odoo.exceptions.${name}`
);

/**
 * The user's telephone in the web client: the calls that ring or run, the state of the
 * line, and the way to dial. Components read it through `useService("telephony")`.
 */
export class Telephony extends CallStore {
    /** @param {import("services").ServiceFactories} services */
    constructor(services) {
        super();
        this.services = markRaw(services);
        this.pageTurn = markRaw(new PageTurn(services));
        this.isActive = session.is_telephony_user;
        this.isDialing = false;
        this.phone = NO_PHONE;
        this.pageIds = markRaw(new Set());
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
        bus_service.subscribe("telephony.command/changed", (news) => this.onCommandChanged(news));
        bus_service.subscribe("telephony.pbx/changed", () => this.load());
        bus_service.subscribe("telephony.call/dismissed", () => this.load());
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
            if (!phone.open_calls.includes(id) && this.calls[id]?.state !== "ended") {
                // It ended while the line to the server was cut.
                this.forget(id);
            }
        }
        if (phone.open_calls.length) {
            this.readCards(phone.open_calls);
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
        if (!this.takeNews(news) || news.state === "ended") {
            return;
        }
        const read = this.readCards([news.id]);
        if (news.open_page) {
            this.offerPage(news.id, read);
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

    /** Read what else one wants to know; the card does not wait for it. */
    async readDetails(call) {
        call.details = {};
        const [details] =
            (await this.ask("read_card_details", [[call.id]], "telephony.card")) || [];
        call.details = details || {};
    }

    // ---------------------------------------------------------------------------
    // Pages
    // ---------------------------------------------------------------------------

    /**
     * Open the call's page, in one tab only and not under the user's hands.
     *
     * @param {Promise} read of the card: who calls is on the screen first, and the page
     *  takes no time of the server from it
     */
    async offerPage(id, read) {
        if (this.pageIds.has(id)) {
            return;
        }
        this.pageIds.add(id);
        const [isMine] = await Promise.all([this.pageTurn.isMine(), read]);
        if (!isMine || this.endedIds.has(id)) {
            return;
        }
        const action = await this.ask("claim_page", [id], "telephony.client");
        if (!action) {
            return;
        }
        if (!this.pageTurn.isUserBusy()) {
            await this.services.action.doAction(action);
        } else if (this.calls[id]) {
            this.calls[id].isHeld = true;
            this.updateCard(this.calls[id]);
        }
    }

    /**
     * @param {string} [start] what an unknown caller's page begins with: a kind of new
     *  record, or `existing`
     */
    async openPage(call, start) {
        const action = await this.services.orm.call(
            "telephony.call",
            "action_open_page",
            [[call.id]],
            start ? { start } : {}
        );
        await this.services.action.doAction(action);
        this.dismiss(call);
    }

    // ---------------------------------------------------------------------------
    // Dialling
    // ---------------------------------------------------------------------------

    /**
     * Ring the user's own phone, then the number. The server reads what it is handed as it
     * does when somebody calls; where that is several numbers, the user chooses one.
     *
     * @param {{ number: string, model?: string, resId?: number, field?: string }} target
     *  the text that was clicked or typed, and the record and the field, if any
     * @param {boolean} confirmed whether the user was asked what the server wants to know
     * @returns {Promise<boolean>} whether the telephone system was asked
     */
    async dial(target, confirmed = false) {
        if (this.isDialing) {
            return false;
        }
        this.isDialing = true;
        try {
            const { number, model, resId, field } = target;
            const params = model ? { number, model, res_id: resId, field } : { number };
            const answer = await rpc(
                "/telephony/call",
                confirmed ? { ...params, confirmed } : params
            );
            if (answer.choose) {
                this.letChoose(answer.choose, (chosen) => this.dial({ ...target, number: chosen }));
                return false;
            }
            if (answer.confirm) {
                this.askFirst(answer.confirm, _t("Call Anyway"), () => this.dial(target, true));
                return false;
            }
            await this.onDialed(answer);
            return true;
        } catch (error) {
            this.onRefused(error);
            return false;
        } finally {
            this.isDialing = false;
        }
    }

    /** A text that holds several numbers: the user says which one is meant. */
    letChoose(choices, choose) {
        this.services.dialog.add(ChooseNumberDialog, { choices, choose });
    }

    /** A number not to be called, or a phone that may ring already: the user decides. */
    askFirst(question, confirmLabel, confirm) {
        this.services.dialog.add(ConfirmationDialog, {
            title: _t("Call this number?"),
            body: question,
            confirmLabel,
            confirm,
            cancel: () => {},
        });
    }

    /**
     * Call what a record's field shows. The call belongs to that record, whoever else has
     * the number; what was changed there is saved first.
     *
     * @param {import("@web/model/relational_model/record").Record} record
     */
    async dialField(record, field) {
        if (record === record.model.root && !record.isNew && !(await record.save())) {
            return false;
        }
        const number = record.data[field];
        const isStored = record.resId && !record.dirty;
        return this.dial(
            isStored ? { number, model: record.resModel, resId: record.resId, field } : { number }
        );
    }

    async onDialed({ call_id, command_id, expires_in, number_display, link, action }) {
        if (link) {
            // Nobody tells of this call's end: there is nothing for a card to show.
            openLink(link);
            return action && this.services.action.doAction(action);
        }
        this.takeNews({
            id: call_id,
            revision: 0,
            direction: "outbound",
            comes_in: false,
            state: "ringing",
            mine: "ringing",
            progress: "own_phone",
            show_card: true,
        });
        if (this.calls[call_id]) {
            this.calls[call_id].title ||= number_display;
            this.readCards([call_id]);
        }
        if (command_id) {
            this.checkCommandIn(command_id, expires_in + COMMAND_GRACE);
        }
    }

    /**
     * Do something with a call: `action` is one of the card's `controls`.
     *
     * @param {string} [target] the number that a transfer goes to
     * @param {boolean} confirmed whether the user was asked about numbers not to call
     */
    async control(call, action, target, confirmed = false) {
        const args = [call.id, action, target || false];
        const answer = await this.order(
            "telephony.client",
            "control",
            confirmed ? [...args, confirmed] : args
        );
        if (answer?.choose) {
            this.letChoose(answer.choose, (chosen) => this.control(call, action, chosen));
        } else if (answer?.confirm) {
            this.askFirst(answer.confirm, _t("Transfer Anyway"), () =>
                this.control(call, action, target, true)
            );
        }
        return answer;
    }

    /**
     * Ask for what a telephone system is to do, and tell the user where it does not.
     *
     * @returns {Promise<Object|undefined>} the server's answer, none where it refused
     */
    async order(model, method, args, kwargs) {
        try {
            const answer = await this.services.orm.call(model, method, args, kwargs);
            if (answer.command_id) {
                this.checkCommandIn(answer.command_id, answer.expires_in + COMMAND_GRACE);
            }
            return answer;
        } catch (error) {
            this.onRefused(error);
        }
    }

    onRefused(error) {
        const { action, notification } = this.services;
        const name = error instanceof RPCError && error.exceptionName;
        if (name === "odoo.exceptions.RedirectWarning") {
            const [message, actionId, label, additionalContext] = error.data.arguments;
            const close = notification.add(message, {
                type: "warning",
                sticky: true,
                buttons: [
                    {
                        name: label,
                        primary: true,
                        onClick: () => {
                            close();
                            action.doAction(actionId, { additionalContext });
                        },
                    },
                ],
            });
        } else if (USER_ERRORS.includes(name)) {
            notification.add(error.data.message, { type: "danger" });
        } else {
            throw error;
        }
    }

    checkCommandIn(id, seconds) {
        this.setTimer(`command_${id}`, seconds * 1000, async () => {
            const news = await this.ask("check", [[id]], "telephony.command");
            if (["pending", "sent"].includes(news?.state)) {
                this.checkCommandIn(id, COMMAND_GRACE);
            } else if (news) {
                this.onCommandChanged(news);
            }
        });
    }

    onCommandChanged({ id, call_id, action, state, message }) {
        this.clearTimer(`command_${id}`);
        if (state === "done" || !message) {
            return;
        }
        const call = this.calls[call_id];
        if (action === "dial" && call?.isShown) {
            call.message = message;
            call.isFailed = true;
            this.sayLastWord(call);
        } else {
            this.services.notification.add(message, { type: "danger" });
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
    dependencies: ["action", "bus_service", "dialog", "multi_tab", "notification", "orm", "ui"],
    start(env, services) {
        const telephony = reactive(new Telephony(services));
        telephony.start();
        env.bus.addEventListener("WEB_CLIENT_READY", () => telephony.load(), { once: true });
        return telephony;
    },
};

registry.category("services").add("telephony", telephonyService);
