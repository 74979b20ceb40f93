import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

// What an international number begins with.
const NAMESPACE = "+";

const SETUP = {
    debounceDelay: 200,
    emptyMessage: _t("Nobody found to call"),
    name: _t("calls"),
    placeholder: _t("Call a name or a number..."),
};
// Shorter ones are extensions and service numbers.
const INTERNATIONAL_DIGITS = 7;

/** The numbers that one may mean who types digits after the plus of the namespace. */
function getTypedNumbers(text) {
    if (!/^\d/.test(text)) {
        return [];
    }
    const isWhole = text.startsWith("0") || text.replace(/\D/g, "").length < INTERNATIONAL_DIGITS;
    return isWhole ? [text] : [`+${text}`, text];
}

/** "+Ada" or "+33 6 …" in the command palette: whom to call. */
async function provideCallees(env, { searchValue = "" }) {
    const { orm, telephony, "telephony.dialer": dialer } = env.services;
    const text = searchValue.trim();
    if (!telephony.phone.can_call || !text) {
        return [];
    }
    const numbers = getTypedNumbers(text);
    const callees = await orm.silent.call("telephony.client", "search_callees", [
        numbers[0] || text,
    ]);
    return [
        ...callees.map(({ name, number, number_display, model, id: resId, field }) => ({
            name: _t("Call %(name)s, %(number)s", { name, number: number_display }),
            action: () => {
                dialer.dial({ number, model, resId, field });
            },
        })),
        ...numbers.map((number) => ({
            name: _t("Call %(number)s", { number }),
            action: () => {
                dialer.dial({ number });
            },
        })),
    ];
}

const calleeProvider = { namespace: NAMESPACE, provide: provideCallees };
registry.category("command_setup").add(NAMESPACE, SETUP);
registry.category("command_provider").add("telephony_connector.callees", calleeProvider);

registry.category("command_provider").add("telephony_connector.call", {
    provide: (env) =>
        env.services.telephony.phone.can_call
            ? [
                  {
                      name: _t("Call …"),
                      action: () => ({
                          configByNamespace: { [NAMESPACE]: SETUP },
                          providers: [calleeProvider],
                          searchValue: NAMESPACE,
                      }),
                  },
              ]
            : [],
});
