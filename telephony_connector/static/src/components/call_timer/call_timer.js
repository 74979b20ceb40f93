import { Component } from "@odoo/owl";

import { deserializeDateTime } from "@web/core/l10n/dates";
import { formatSeconds } from "@telephony_connector/fields/duration/duration_field";
import { useClock } from "@telephony_connector/utils/clock";

/** A running time, as that of a call. */
export class CallTimer extends Component {
    static template = "telephony_connector.CallTimer";
    static props = {
        /** When it began: UTC, as the server writes it. */
        since: String,
    };

    setup() {
        this.clock = useClock();
    }

    get text() {
        const start = deserializeDateTime(this.props.since).toMillis();
        return formatSeconds((this.clock.now - start) / 1000);
    }
}
