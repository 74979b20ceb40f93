import { markRaw } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { hasCard, isInBar, isOutdated, isRinging, isTalking } from "./call_state";

// Milliseconds in which a card still shows how its call ended; longer for a reason.
const OUTCOME_DELAY = 5000;
const REASON_DELAY = 12000;
// Milliseconds after the own phone stopped ringing in which somebody else may answer.
const ANSWER_DELAY = 2000;

/** The calls that the user is notified of, and which of them have a card. No request here. */
export class CallStore {
    constructor() {
        /** The call whose page is open in this tab. */
        this.pageCallId = false;
        /** Calls by id: payloads of the bus and of `read_cards`, and the card's state. */
        this.calls = {};
        /** What is left to do after calls, the oldest first: as `read_wrap_up` has it. */
        this.wrapUps = [];
        // Late messages must not bring these back.
        this.endedIds = markRaw(new Set());
        this.timers = markRaw({});
    }

    /** Calls with a card, the oldest first. */
    get cards() {
        return Object.values(this.calls).filter((call) => call.title && call.isShown);
    }

    /** Calls in the bar, the oldest first. */
    get talks() {
        return Object.values(this.calls).filter((call) => call.title && isInBar(call));
    }

    /** Whether cards stand in the bar: where they would lie over what one fills in. */
    get hasCardsInBar() {
        return Boolean(this.pageCallId || this.talks.length);
    }

    /** Calls that ring at the user's or in which they talk. */
    get ownCalls() {
        return Object.values(this.calls).filter(
            (call) => call.title && !call.parking_space && (isRinging(call) || isTalking(call))
        );
    }

    /**
     * @param {import("./call_state").CallPayload} payload
     * @returns {boolean} whether it changed something
     */
    updateCall(payload) {
        const known = this.calls[payload.id];
        if (this.endedIds.has(payload.id) || (known && isOutdated(payload, known))) {
            return false;
        }
        if (!known) {
            if (payload.state === "ended") {
                this.endedIds.add(payload.id);
                return false;
            }
            this.calls[payload.id] = { isShown: false };
        }
        const call = this.calls[payload.id];
        Object.assign(call, payload);
        this.updateCard(call);
        return true;
    }

    /** Show the call's card, hide it, or let it show the outcome for a while. */
    updateCard(call) {
        const wasShown = call.isShown;
        call.hasTalked ||= isTalking(call);
        if (call.transfer) {
            call.awaitsTransfer = call.transfer === "ringing";
        }
        if (call.state === "ended") {
            this.endedIds.add(call.id);
        }
        if (hasCard(call)) {
            call.isShown = !call.isDismissed;
            if (!call.isFailed) {
                this.clearTimer(`card_${call.id}`);
            }
            return;
        }
        const wasAnsweredElsewhere = call.state === "ongoing" && call.leg_state === "ended";
        if (isTalking(call)) {
            this.clearTimer(`card_${call.id}`);
            call.isShown = false;
        } else if (wasShown && (wasAnsweredElsewhere || call.awaitsTransfer || !call.is_incoming)) {
            this.showOutcome(call);
        } else if (call.state === "ended") {
            this.end(call);
        } else if (wasShown && call.state === "ringing") {
            this.hideAfter(call, ANSWER_DELAY);
        } else {
            call.isShown = false;
        }
    }

    showOutcome(call) {
        this.hideAfter(call, call.message ? REASON_DELAY : OUTCOME_DELAY);
    }

    hideAfter(call, delay) {
        this.setTimer(`card_${call.id}`, delay, () => {
            if (call.state === "ended") {
                this.forget(call.id);
            } else {
                call.isShown = false;
            }
        });
    }

    /** Whether there is something to wrap up once this call has ended. */
    needsWrapUp(call) {
        return (
            call.title &&
            call.direction !== "internal" &&
            !call.isFailed &&
            (call.hasTalked || !call.is_incoming)
        );
    }

    closeWrapUp(id) {
        this.wrapUps = this.wrapUps.filter((wrapUp) => wrapUp.id !== id);
    }

    /** "Not now": the card goes and stays away in this tab. */
    dismiss(call) {
        if (call.state === "ended") {
            this.forget(call.id);
        } else {
            Object.assign(call, { isDismissed: true, isShown: false });
        }
    }

    /** Forget a call that is over, but not what is being written of it. */
    end(call) {
        const outcome = call.outcome || "unknown";
        Object.assign(call, { state: "ended", leg_state: "ended", outcome });
        if (!call.isNoteOpen) {
            this.forget(call.id);
        }
    }

    forget(id) {
        this.clearTimer(`card_${id}`);
        delete this.calls[id];
    }

    setTimer(key, delay, callback) {
        this.clearTimer(key);
        this.timers[key] = browser.setTimeout(callback, delay);
    }

    clearTimer(key) {
        browser.clearTimeout(this.timers[key]);
        delete this.timers[key];
    }
}
