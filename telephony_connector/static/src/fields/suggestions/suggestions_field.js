import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { CharField, charField } from "@web/views/fields/char/char_field";

/**
 * A text with suggestions, which stand in another field of the record, separated by commas:
 * `<field name="context" widget="telephony_suggestions" options="{'suggestions': 'contexts'}"/>`.
 */
export class SuggestionsField extends CharField {
    static template = "telephony_connector.SuggestionsField";
    static props = { ...CharField.props, suggestions: { type: String } };

    get listId() {
        return `${this.props.id}_suggestions`;
    }

    get suggestedValues() {
        const text = this.props.record.data[this.props.suggestions] || "";
        return text.split(", ").filter(Boolean);
    }
}

registry.category("fields").add("telephony_suggestions", {
    ...charField,
    component: SuggestionsField,
    supportedTypes: ["char"],
    supportedOptions: [
        ...charField.supportedOptions,
        {
            label: _t("Suggestions"),
            name: "suggestions",
            type: "field",
            availableTypes: ["char"],
        },
    ],
    extractProps: (info, dynamicInfo) => ({
        ...charField.extractProps(info, dynamicInfo),
        suggestions: info.options.suggestions,
    }),
    fieldDependencies: ({ options }) => [{ name: options.suggestions, type: "char" }],
});
