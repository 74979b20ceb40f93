import { Component } from "@odoo/owl";

import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { CallControls } from "@telephony_connector/components/call_controls/call_controls";
import { getStatusText, isRinging } from "@telephony_connector/services/call_state";

/** One call: who it is, how far it has come, and what can be done about it. */
export class CallCard extends Component {
    static template = "telephony_connector.CallCard";
    static components = { CallControls };
    static props = { call: Object };

    setup() {
        this.telephony = useService("telephony");
        this.pages = useService("telephony.pages");
        this.action = useService("action");
    }

    get status() {
        return getStatusText(this.props.call);
    }

    get isRinging() {
        return isRinging(this.props.call);
    }

    get isOver() {
        const { state, leg_state, isFailed, parking_space } = this.props.call;
        return (
            isFailed ||
            state === "ended" ||
            (state === "ongoing" && leg_state === "ended" && !parking_space)
        );
    }

    /** The record that the call belongs to, or those that have its number. */
    get records() {
        const { object, matches = [] } = this.props.call;
        return object ? [object] : matches;
    }

    get moreText() {
        const { object, match_count = 0 } = this.props.call;
        const more = match_count - this.records.length;
        return !object && more > 0 ? _t("and %(count)s more", { count: more }) : "";
    }

    /** On which line, queue and system the call came in. */
    get line() {
        const { is_incoming, dialed_number, queue, pbx_name } = this.props.call;
        return is_incoming ? [queue, dialed_number, pbx_name].filter(Boolean) : [];
    }

    get details() {
        return this.props.call.details || {};
    }

    get placeText() {
        return [this.details.company, this.details.city].filter(Boolean).join(", ");
    }

    get lastCallText() {
        const { last_call } = this.details;
        if (!last_call?.date) {
            return "";
        }
        const date = deserializeDateTime(last_call.date).toRelative();
        const { is_missed, outcome, user } = last_call;
        if (is_missed) {
            return _t("Missed %(date)s", { date });
        }
        if (outcome && !["answered", "unknown"].includes(outcome)) {
            return user
                ? _t("Not reached %(date)s, by %(user)s", { date, user })
                : _t("Not reached %(date)s", { date });
        }
        return user
            ? _t("Last call %(date)s, with %(user)s", { date, user })
            : _t("Last call %(date)s", { date });
    }

    get isUnknown() {
        const { is_incoming, object, matches, hidden, withheld, direction } = this.props.call;
        return Boolean(
            is_incoming &&
                matches &&
                !object &&
                !matches.length &&
                !hidden &&
                !withheld &&
                direction !== "internal"
        );
    }

    /** What the page of an unknown caller can begin with. */
    get starts() {
        const { new_kinds = [], number } = this.props.call;
        return [
            { id: "lead", name: _t("New lead"), isPossible: new_kinds.includes("lead") },
            { id: "person", name: _t("New contact"), isPossible: new_kinds.includes("person") },
            { id: "existing", name: _t("Add to a record"), isPossible: Boolean(number) },
        ].filter((start) => start.isPossible);
    }

    openRecord({ model, id }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}
