import { Component, onWillUnmount, useState } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { formatSeconds } from "@telephony_connector/fields/duration/duration_field";

/** The running time of a call. */
export class CallTimer extends Component {
    static template = "telephony_connector.CallTimer";
    static props = {
        /** When the call was answered: UTC, as the server writes it. */
        since: String,
    };

    setup() {
        this.state = useState({ now: Date.now() });
        const interval = browser.setInterval(() => (this.state.now = Date.now()), 1000);
        onWillUnmount(() => browser.clearInterval(interval));
    }

    get text() {
        const start = deserializeDateTime(this.props.since).toMillis();
        return formatSeconds(Math.floor((this.state.now - start) / 1000));
    }
}
