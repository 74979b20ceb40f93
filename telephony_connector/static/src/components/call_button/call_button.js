import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { mayHoldNumber } from "@telephony_connector/utils/phone_numbers";

/** Calls the number of a record's field; where it holds several, the user is asked. */
export class CallButton extends Component {
    static template = "telephony_connector.CallButton";
    static props = {
        ...standardWidgetProps,
        class: { type: String, optional: true },
        field: String,
        label: { type: String, optional: true },
    };

    setup() {
        this.telephony = useService("telephony");
        this.dialer = useService("telephony.dialer");
    }

    get text() {
        return this.props.record.data[this.props.field];
    }

    get isShown() {
        return this.telephony.callsByClick && mayHoldNumber(this.text);
    }

    get title() {
        return _t("Call %(number)s", { number: this.text });
    }

    get label() {
        return this.props.label || _t("Call");
    }

    call() {
        return this.dialer.dialField(this.props.record, this.props.field);
    }
}
