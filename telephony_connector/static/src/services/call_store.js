import { markRaw } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import {
    hasCard,
    isInBar,
    isOutdated,
    isRinging,
    isTalking,
} from "@telephony_connector/services/call_news";

// Milliseconds in which a card still says what became of its call; longer for a reason.
const LAST_WORD = 5000;
const LAST_WORD_REASON = 12000;
// Milliseconds after the own phone fell silent in which it may come out who answered.
const SILENCE = 2000;

/** The calls that the user is told of, and which of them have a card. No request here. */
export class CallStore {
    constructor() {
        /** The call whose page is open in this tab. */
        this.pageCallId = false;
        /** Calls by id: what the bus and `read_cards` say of them, and the card's state. */
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
     * @param {import("./call_news").CallNews} news
     * @returns {boolean} whether they were news
     */
    takeNews(news) {
        const known = this.calls[news.id];
        if (this.endedIds.has(news.id) || (known && isOutdated(news, known))) {
            return false;
        }
        if (!known) {
            if (news.state === "ended") {
                this.endedIds.add(news.id);
                return false;
            }
            this.calls[news.id] = { isIncoming: news.comes_in, isShown: false };
        }
        const call = this.calls[news.id];
        Object.assign(call, news);
        this.updateCard(call);
        return true;
    }

    /** Show the call's card, take it away, or let it say its last word. */
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
        const wasAnsweredElsewhere = call.state === "ongoing" && call.mine === "ended";
        if (isTalking(call)) {
            this.clearTimer(`card_${call.id}`);
            call.isShown = false;
        } else if (wasShown && (wasAnsweredElsewhere || call.awaitsTransfer || !call.isIncoming)) {
            this.sayLastWord(call);
        } else if (call.state === "ended") {
            this.end(call);
        } else if (wasShown && call.state === "ringing") {
            this.hideIn(call, SILENCE);
        } else {
            call.isShown = false;
        }
    }

    sayLastWord(call) {
        this.hideIn(call, call.message ? LAST_WORD_REASON : LAST_WORD);
    }

    hideIn(call, delay) {
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
            (call.hasTalked || !call.isIncoming)
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
        Object.assign(call, { state: "ended", mine: "ended", outcome });
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
