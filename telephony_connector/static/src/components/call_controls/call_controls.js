import { Component, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { CalleeSearch } from "@telephony_connector/components/callee_search/callee_search";

/** What can be done with a call, as far as its telephone system offers it. */
export const CONTROLS = Object.freeze({
    pickup: { label: _t("Answer"), icon: "fa-phone", className: "btn-success" },
    transfer: { label: _t("Transfer"), icon: "fa-share", needsTarget: true },
    attended_transfer: { label: _t("Attended Transfer"), icon: "fa-comments-o", needsTarget: true },
    voicemail: { label: _t("To mailbox"), icon: "fa-envelope-o", needsTarget: true },
    park: { label: _t("Park"), icon: "fa-product-hunt" },
    hangup: { label: _t("Hang up"), icon: "fa-times", className: "btn-danger" },
});

export class CallControls extends Component {
    static template = "telephony_connector.CallControls";
    static components = { CalleeSearch };
    static props = { call: Object };

    setup() {
        this.dialer = useService("telephony.dialer");
        this.state = useState({ action: null });
    }

    get controls() {
        return (this.props.call.controls || [])
            .filter((action) => action in CONTROLS)
            .map((action) => ({ action, ...CONTROLS[action] }));
    }

    get targetText() {
        return _t("%(action)s to: name or number", { action: CONTROLS[this.state.action].label });
    }

    onControl({ action, needsTarget }) {
        if (!needsTarget) {
            return this.dialer.control(this.props.call, action);
        }
        this.state.action = this.state.action === action ? null : action;
    }

    onTarget({ number }) {
        const { action } = this.state;
        this.state.action = null;
        return this.dialer.control(this.props.call, action, number);
    }
}
