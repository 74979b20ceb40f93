import { Component, onWillDestroy, status, useEffect } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { CallControls } from "@telephony_connector/components/call_controls/call_controls";
import { getStatusText, isRinging } from "@telephony_connector/services/call_state";

/**
 * On a call's page: how far the call has come while it rings. The page's other data is
 * read again when that changes or somebody saves the call, unless the user is filling
 * it in.
 */
export class TelephonyLiveCall extends Component {
    static template = "telephony_connector.TelephonyLiveCall";
    static components = { CallControls };
    static props = { ...standardWidgetProps };

    setup() {
        this.telephony = useService("telephony");
        // What the page was read with: the first payload may come later, and be newer.
        let shown = this.props.record.data.state;
        let isKnown = false;
        useEffect(
            (state) => {
                const isForgotten = !state && isKnown && shown !== "ended";
                if (isForgotten || (state && shown && state !== shown)) {
                    this.reload();
                }
                isKnown = Boolean(state);
                shown = state || shown;
            },
            () => [this.call?.state]
        );
        useEffect(
            (callId) => {
                this.telephony.pageCallId = callId;
                return () => (this.telephony.pageCallId = false);
            },
            () => [this.props.record.data.call_id?.id || false]
        );
        // Also of a call that is over and no more among those that are shown.
        this.savedRevision = this.call?.registration_revision || 0;
        const busService = useService("bus_service");
        const onChanged = (payload) => this.onCallChanged(payload);
        busService.subscribe("telephony.call/changed", onChanged);
        onWillDestroy(() => busService.unsubscribe("telephony.call/changed", onChanged));
    }

    get call() {
        return this.telephony.calls[this.props.record.data.call_id?.id];
    }

    get statusText() {
        return getStatusText(this.call);
    }

    /** Whether the call is on its way without a card; once they talk, the bar has it. */
    get isShown() {
        return Boolean(this.call && isRinging(this.call) && !this.call.isShown);
    }

    onCallChanged({ id, registration_revision }) {
        const isOfThisCall = id === this.props.record.data.call_id?.id;
        if (isOfThisCall && registration_revision > this.savedRevision) {
            this.savedRevision = registration_revision;
            this.reload();
        }
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
