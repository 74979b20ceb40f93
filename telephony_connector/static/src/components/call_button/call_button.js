import { Component } from "@odoo/owl";

import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { splitNumbers } from "@telephony_connector/utils/phone_numbers";

/** Calls the number of a record's field; lets the user choose where there are several. */
export class CallButton extends Component {
    static template = "telephony_connector.CallButton";
    static components = { Dropdown, DropdownItem };
    static props = {
        class: { type: String, optional: true },
        field: String,
        label: { type: String, optional: true },
        record: Object,
    };

    setup() {
        this.telephony = useService("telephony");
    }

    get numbers() {
        return splitNumbers(this.props.record.data[this.props.field]);
    }

    get title() {
        return this.numbers.length === 1
            ? _t("Call %(number)s", { number: this.numbers[0] })
            : _t("Call one of these numbers");
    }

    get label() {
        return this.props.label || _t("Call");
    }

    call(number) {
        return this.telephony.dialField(this.props.record, this.props.field, number);
    }
}
