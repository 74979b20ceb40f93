import { Component, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { CalleeSearch } from "@telephony_connector/components/callee_search/callee_search";
import { getConsultationText } from "@telephony_connector/services/call_state";

/** What can be done with a call, as far as its telephone system offers it. */
export const CONTROLS = Object.freeze({
    pickup: { label: _t("Answer"), icon: "fa-phone", className: "btn-success" },
    transfer: { label: _t("Transfer"), icon: "fa-share", needsTarget: true, isFinal: true },
    attended_transfer: { label: _t("Attended Transfer"), icon: "fa-comments-o", needsTarget: true },
    complete_transfer: { label: _t("Complete"), icon: "fa-check", className: "btn-success" },
    conference: { label: _t("Conference"), icon: "fa-users" },
    cancel_transfer: { label: _t("Back to the Caller"), icon: "fa-undo" },
    voicemail: { label: _t("To mailbox"), icon: "fa-envelope-o", needsTarget: true, isFinal: true },
    park: { label: _t("Park"), icon: "fa-product-hunt" },
    retrieve: { label: _t("Retrieve"), icon: "fa-phone", className: "btn-success" },
    hangup: { label: _t("Hang up"), icon: "fa-times", className: "btn-danger" },
});

export class CallControls extends Component {
    static template = "telephony_connector.CallControls";
    static components = { CalleeSearch };
    static props = { call: Object };

    setup() {
        this.dialer = useService("telephony.dialer");
        // What is asked for, and whom it goes to once that was chosen.
        this.state = useState({ action: null, target: null });
        this.confirm = useAutofocus({ refName: "confirm" });
    }

    get controls() {
        return (this.props.call.controls || [])
            .filter((action) => action in CONTROLS)
            .map((action) => ({ action, ...CONTROLS[action] }));
    }

    get targetText() {
        return _t("%(action)s to: name or number", { action: this.actionText });
    }

    get actionText() {
        return CONTROLS[this.state.action].label;
    }

    get confirmText() {
        const { name, number } = this.state.target;
        return _t("%(action)s to %(name)s", { action: this.actionText, name: name || number });
    }

    get consultationText() {
        return getConsultationText(this.props.call);
    }

    onControl({ action, needsTarget }) {
        if (!needsTarget) {
            return this.dialer.control(this.props.call, action);
        }
        const isOpen = this.state.action === action;
        Object.assign(this.state, { action: isOpen ? null : action, target: null });
    }

    /** What cannot be taken back is confirmed: a slip would send the caller away. */
    onTarget(target) {
        this.state.target = target;
        if (!CONTROLS[this.state.action].isFinal) {
            return this.onConfirm();
        }
    }

    onConfirm() {
        const { action, target } = this.state;
        this.close();
        return this.dialer.control(this.props.call, action, target.number);
    }

    close() {
        Object.assign(this.state, { action: null, target: null });
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            ev.preventDefault();
            ev.stopPropagation();
            this.close();
        }
    }
}
