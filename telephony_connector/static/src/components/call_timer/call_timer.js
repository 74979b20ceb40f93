import { Component, onWillUnmount, useState } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";

const { DateTime } = luxon;

/** The running time of a call: `2:03`, `1:02:03`. */
export class CallTimer extends Component {
    static template = "telephony_connector.CallTimer";
    static props = {
        /** When the call was answered: UTC, as the server writes it. */
        since: String,
    };

    setup() {
        this.state = useState({ now: DateTime.now() });
        const interval = browser.setInterval(() => (this.state.now = DateTime.now()), 1000);
        onWillUnmount(() => browser.clearInterval(interval));
    }

    get text() {
        const start = deserializeDateTime(this.props.since);
        // The server's clock may be ahead of the browser's.
        const elapsed = this.state.now.diff(start < this.state.now ? start : this.state.now);
        return elapsed.toFormat(elapsed.as("hours") < 1 ? "m:ss" : "h:mm:ss");
    }
}
