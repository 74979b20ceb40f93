import { Component, useEffect, useState } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Beside a call's page: what is open with the customer, and what happened last. Read
 * once the page is shown, and anew when another customer is chosen. An addon adds
 * sections on the server: see `telephony.customer`.
 */
export class TelephonyCustomer extends Component {
    static template = "telephony_connector.TelephonyCustomer";
    static props = { ...standardWidgetProps };

    setup() {
        this.telephony = useService("telephony");
        this.action = useService("action");
        this.state = useState({ sections: undefined });
        this.keepLast = new KeepLast();
        useEffect(
            (model, id) => {
                this.load(model, id);
            },
            () => [this.customer.resModel, this.customer.resId]
        );
    }

    get customer() {
        return this.props.record.data.object_ref || {};
    }

    async load(model, id) {
        this.state.sections = undefined;
        const callId = this.props.record.data.call_id?.id || false;
        const args = [model, id, callId];
        const read = id && this.telephony.request("read_sections", args, "telephony.customer");
        this.state.sections = await this.keepLast.add(Promise.resolve(read));
    }

    openLine({ model, id }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("telephony_customer", {
    component: TelephonyCustomer,
    fieldDependencies: [
        { name: "call_id", type: "many2one" },
        { name: "object_ref", type: "reference" },
    ],
});
