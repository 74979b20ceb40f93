import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

const ICONS = {
    in_use: "fa-phone text-danger",
    on_hold: "fa-pause text-danger",
    ringing: "fa-phone text-warning",
    paused: "fa-coffee text-warning",
    idle: "fa-phone text-success",
    unavailable: "fa-phone text-muted opacity-50",
};

/** What a user's telephone is doing now; nothing for users without one. */
export class PhonePresence extends Component {
    static template = "telephony_connector.PhonePresence";
    static props = {
        class: { type: String, optional: true },
        userId: Number,
        /** Whether it stands there in words, too. */
        withText: { type: Boolean, optional: true },
    };

    setup() {
        this.presences = useService("telephony.presence");
        this.presences.subscribe();
    }

    get presence() {
        return this.presences.byUser[this.props.userId];
    }

    get icon() {
        return ICONS[this.presence];
    }

    get text() {
        return {
            in_use: _t("On the phone"),
            on_hold: _t("On hold"),
            ringing: _t("Phone rings"),
            paused: _t("On Break"),
            idle: _t("Phone is free"),
            unavailable: _t("Phone not reachable"),
        }[this.presence];
    }
}
