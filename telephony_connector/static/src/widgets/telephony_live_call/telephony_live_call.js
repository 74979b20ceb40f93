import { Component, status, useEffect } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { CallControls } from "@telephony_connector/components/call_controls/call_controls";
import { CallTimer } from "@telephony_connector/components/call_timer/call_timer";
import { getStatusText, isTalking } from "@telephony_connector/services/call_news";

/**
 * On a call's page: how far the call has come while it lasts. The page's other data is
 * read again when that changes, unless the user is filling it in.
 */
export class TelephonyLiveCall extends Component {
    static template = "telephony_connector.TelephonyLiveCall";
    static components = { CallControls, CallTimer };
    static props = { ...standardWidgetProps };

    setup() {
        this.telephony = useService("telephony");
        let lastState = this.call?.state;
        useEffect(
            (state) => {
                if (lastState && state !== lastState) {
                    this.reload();
                }
                lastState = state;
            },
            () => [this.call?.state]
        );
    }

    get call() {
        return this.telephony.calls[this.props.record.data.call_id?.id];
    }

    get statusText() {
        return getStatusText(this.call);
    }

    get isTalking() {
        return isTalking(this.call);
    }

    async reload() {
        const { record } = this.props;
        if (!(await record.isDirty()) && status(this) !== "destroyed") {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("telephony_live_call", {
    component: TelephonyLiveCall,
    fieldDependencies: [{ name: "call_id", type: "many2one" }],
});
