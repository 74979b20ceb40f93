import { Component } from "@odoo/owl";

import { AutoComplete } from "@web/core/autocomplete/autocomplete";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The record that a call belongs to, whatever kind it is: one box searches all by name,
 * company, city or number, and begins a new one with what was typed.
 */
export class CustomerSearch extends Component {
    static template = "telephony_connector.CustomerSearch";
    static components = { AutoComplete };
    static props = { ...standardFieldProps, placeholder: { type: String, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.sources = [
            {
                placeholder: _t("Searching…"),
                options: (text) => this.search(text),
                optionSlot: "option",
            },
        ];
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    async search(text) {
        // What stands there was chosen, and is no search.
        const typed = text.trim() === this.value?.displayName ? "" : text.trim();
        if (!typed) {
            return [{ label: _t("Type a name, a company, a city or a number") }];
        }
        const found = await this.orm.silent.call("telephony.client", "search_customers", [typed]);
        const options = found.map((data) => ({
            data,
            label: data.name,
            onSelect: () =>
                this.update({ resModel: data.model, resId: data.id, displayName: data.name }),
        }));
        if (this.props.record.data.can_create) {
            options.push({
                cssClass: "o_telephony_new_customer",
                label: _t("New “%(name)s”", { name: typed }),
                onSelect: () => this.startNew(typed),
            });
        } else if (!found.length) {
            options.push({ label: _t("Nobody found") });
        }
        return options;
    }

    update(value) {
        return this.props.record.update({ [this.props.name]: value });
    }

    startNew(name) {
        return this.props.record.update({
            [this.props.name]: false,
            create_new: true,
            new_contact_name: name,
        });
    }

    onChange({ inputValue, isOptionSelected }) {
        if (this.value && !inputValue && !isOptionSelected) {
            return this.update(false);
        }
    }

    open() {
        const { resModel, resId } = this.value;
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("telephony_customer_search", {
    component: CustomerSearch,
    displayName: _t("Customer of a Call"),
    supportedTypes: ["reference"],
    extractProps: ({ placeholder }) => ({ placeholder }),
});
