import { _t } from "@web/core/l10n/translation";

/**
 * What the bus publishes of a call, and what that means for a card. Plain functions: the
 * service keeps the calls, the components show them.
 *
 * The types are described on the server, in `tools/payloads.py`.
 *
 * @typedef {Object} CallPayload
 * @property {number} id
 * @property {number} revision counts the changes of the call
 * @property {"inbound"|"outbound"|"internal"} direction
 * @property {boolean} is_incoming whether the user is called, and does not call
 * @property {"ringing"|"ongoing"|"ended"} state
 * @property {string|false} outcome
 * @property {"ringing"|"ongoing"|"ended"} leg_state of the user's own leg
 * @property {"own_phone"|"calling"|"ringing"|"ongoing"|"ended"} progress
 * @property {boolean} on_hold
 * @property {"ringing"|"ongoing"|"conference"|false} consultation
 * @property {"ringing"|"ongoing"|false} transfer
 * @property {string|false} parking_space
 * @property {number|false} user_id
 * @property {boolean} show_card
 * @property {boolean} open_page
 * @property {number} registration_revision counts how often the call was saved
 *
 * @typedef {Object} Named
 * @property {string} model
 * @property {number} id
 * @property {string} name
 * @property {string} model_name
 *
 * @typedef {Object} Match
 * @property {string} model
 * @property {number} id
 * @property {string} name
 * @property {string} model_name
 * @property {boolean} exact
 * @property {string} reason
 *
 * @typedef {Object} Card
 * @property {number} id
 * @property {number} revision
 * @property {"inbound"|"outbound"|"internal"} direction
 * @property {boolean} is_incoming
 * @property {"ringing"|"ongoing"|"ended"} state
 * @property {string|false} outcome
 * @property {"ringing"|"ongoing"|"ended"} leg_state
 * @property {"own_phone"|"calling"|"ringing"|"ongoing"|"ended"} progress
 * @property {boolean} on_hold
 * @property {"ringing"|"ongoing"|"conference"|false} consultation
 * @property {"ringing"|"ongoing"|false} transfer
 * @property {string|false} parking_space
 * @property {number|false} user_id
 * @property {boolean} show_card
 * @property {boolean} open_page
 * @property {number} registration_revision
 * @property {string} title
 * @property {string|false} number
 * @property {string} number_display
 * @property {string|false} colleague
 * @property {string|false} caller_name
 * @property {boolean} withheld
 * @property {string|false} dialed_number
 * @property {string|false} diverted_from
 * @property {string|false} queue
 * @property {string} pbx_name
 * @property {string[]} controls
 * @property {string|false} consulted
 * @property {string|false} transferred_to
 * @property {string|false} answered_by
 * @property {string|false} start_date
 * @property {string|false} answer_date
 * @property {Named|false} object
 * @property {Match[]} matches
 * @property {number} match_count
 * @property {boolean} hidden
 * @property {string[]} new_kinds
 * @property {string|false} blocked
 *
 * @typedef {Object} LastCall
 * @property {string|false} date
 * @property {string|false} user
 * @property {string|false} outcome
 * @property {boolean} is_missed
 *
 * @typedef {Object} CardDetails
 * @property {string|false} company
 * @property {string|false} city
 * @property {string|false} salesperson
 * @property {string[]} tags
 * @property {string|false} deals
 * @property {LastCall|false} last_call
 * @property {string|false} last_note
 *
 * @typedef {Object} SectionLine
 * @property {number} key
 * @property {string} model
 * @property {number} id
 * @property {string} name
 * @property {string} text
 * @property {string} note
 * @property {boolean} is_late
 *
 * @typedef {Object} Section
 * @property {string} key
 * @property {string} title
 * @property {string} icon
 * @property {number} count
 * @property {Object|false} more
 * @property {SectionLine[]} lines
 *
 * @typedef {Object} Disposition
 * @property {number} id
 * @property {string} name
 *
 * @typedef {Object} MissedCaller
 * @property {number} id
 * @property {string} number
 * @property {string} name
 *
 * @typedef {Object} WrapUp
 * @property {number} id
 * @property {string} name
 * @property {string|false} number
 * @property {string} number_display
 * @property {"inbound"|"outbound"|"internal"} direction
 * @property {string} outcome_text
 * @property {number} duration
 * @property {Named|false} object
 * @property {number|false} disposition_id
 * @property {Disposition[]} dispositions
 * @property {number} revision
 * @property {boolean} can_retry
 * @property {MissedCaller|false} next_missed
 *
 * @typedef {Object} CommandPayload
 * @property {number} id
 * @property {number|false} call_id
 * @property {string} action
 * @property {"pending"|"sent"|"done"|"failed"|"expired"} state
 * @property {string|false} code
 * @property {string} message
 * @property {number} expires_in
 */

const STATE_ORDER = Object.freeze({ ringing: 0, ongoing: 1, ended: 2 });

/**
 * Messages come twice and out of order.
 *
 * @param {CallPayload} payload
 * @param {CallPayload} known
 * @returns {boolean} whether `payload` is older than what is known already
 */
export function isOutdated(payload, known) {
    return (
        payload.revision < known.revision ||
        (payload.revision === known.revision &&
            STATE_ORDER[payload.state] < STATE_ORDER[known.state])
    );
}

/** @param {CallPayload} call */
export function isRinging({ state, leg_state }) {
    return state === "ringing" && leg_state !== "ended";
}

/** @param {CallPayload} call */
export function isTalking({ state, leg_state, parking_space }) {
    return state === "ongoing" && leg_state === "ongoing" && !parking_space;
}

/**
 * @param {CallPayload & { is_incoming: boolean }} call
 * @returns {boolean} whether the call has a card now
 */
export function hasCard(call) {
    // Whoever talks has the call bar.
    if (!call.show_card || call.state === "ended" || isTalking(call)) {
        return false;
    }
    if (call.transfer === "ringing" || call.parking_space) {
        return true;
    }
    return call.leg_state === "ringing" || (call.state === "ringing" && !call.is_incoming);
}

/**
 * @param {CallPayload} call
 * @returns {boolean} whether the call is in the bar: also one that is over, while its
 *  note is open
 */
export function isInBar(call) {
    return Boolean(call.show_card && (isTalking(call) || call.isNoteOpen));
}

/**
 * @param {CallPayload & { message?: string, answered_by?: string }} call
 * @returns {string} how far the call has come, in the user's words
 */
export function getStatusText(call) {
    if (call.message) {
        return call.message;
    }
    if (call.state === "ended") {
        return call.awaitsTransfer
            ? _t("Transferred to %(name)s: no answer", { name: call.transferred_to || "…" })
            : getOutcomeText(call.outcome);
    }
    if (call.parking_space) {
        return _t("Parked on %(space)s", { space: call.parking_space });
    }
    if (call.transfer) {
        const name = call.transferred_to || "…";
        return call.transfer === "ringing"
            ? _t("Transferred to %(name)s: ringing", { name })
            : _t("Transferred to %(name)s: answered", { name });
    }
    if (call.state === "ongoing" && call.leg_state === "ended") {
        return call.answered_by
            ? _t("Answered by %(name)s", { name: call.answered_by })
            : _t("Answered");
    }
    if (call.state === "ongoing") {
        return call.on_hold ? _t("On hold") : _t("On the phone");
    }
    if (call.is_incoming) {
        return isRinging(call) ? _t("Ringing") : _t("Ringing elsewhere");
    }
    return call.progress === "own_phone" ? _t("Ringing your phone") : _t("Calling");
}

/**
 * @param {Card} call
 * @returns {string} how far an attended transfer has come, in the user's words
 */
export function getConsultationText({ consultation, consulted }) {
    const name = consulted || "…";
    switch (consultation) {
        case "ringing":
            return _t("%(name)s: ringing", { name });
        case "ongoing":
            return _t("%(name)s: talking", { name });
        default:
            return _t("Conference with %(name)s", { name });
    }
}

function getOutcomeText(outcome) {
    const texts = {
        answered: _t("Call ended"),
        unknown: _t("Call ended"),
        missed: _t("No answer"),
        busy: _t("Busy"),
        declined: _t("Declined"),
        cancelled: _t("Cancelled"),
    };
    return texts[outcome] || _t("The call failed");
}
