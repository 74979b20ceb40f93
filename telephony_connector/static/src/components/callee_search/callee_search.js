import { Component, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { PhonePresence } from "@telephony_connector/components/phone_presence/phone_presence";

const SEARCH_DELAY = 200;
let nextId = 1;

/**
 * A box that takes a number or a name, searches as one types, and hands over whom to
 * call: with Enter the one chosen by the arrows, else the number typed, else the first
 * one found.
 */
export class CalleeSearch extends Component {
    static template = "telephony_connector.CalleeSearch";
    static components = { PhonePresence };
    static props = {
        autofocus: { type: Boolean, optional: true },
        /** Called with `{ number, name, model, resId, field }`; `number` is always there. */
        onSelect: Function,
        placeholder: String,
        /** What the button does; by default it calls. */
        submitText: { type: String, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.id = `o_telephony_callees_${nextId++}`;
        this.keepLast = new KeepLast();
        this.state = useState({ text: "", callees: [], active: -1 });
        this.searchSoon = useDebounced(() => this.search(), SEARCH_DELAY);
        if (this.props.autofocus) {
            useAutofocus({ refName: "input" });
        }
    }

    get submitText() {
        return this.props.submitText || _t("Call");
    }

    get isNumber() {
        return /^[\d\s+*#().\-/]*\d[\d\s+*#().\-/]*$/.test(this.state.text);
    }

    getOptionId(index) {
        return `${this.id}_${index}`;
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        this.state.active = -1;
        this.searchSoon();
    }

    async search() {
        const text = this.state.text.trim();
        this.state.callees = text
            ? await this.keepLast.add(
                  this.orm.silent.call("telephony.client", "search_callees", [text])
              )
            : [];
    }

    onKeydown(ev) {
        const { callees, active } = this.state;
        if (ev.key === "ArrowDown" && callees.length) {
            this.state.active = (active + 1) % callees.length;
        } else if (ev.key === "ArrowUp" && callees.length) {
            this.state.active = (active <= 0 ? callees.length : active) - 1;
        } else if (ev.key === "Enter") {
            this.onEnter();
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }

    async onEnter() {
        if (this.state.active < 0 && !this.isNumber) {
            // What was typed last may not have been searched yet.
            this.searchSoon.cancel();
            await this.search();
        }
        const callee = this.state.callees[this.state.active];
        if (!callee && this.isNumber) {
            this.select({ number: this.state.text.trim() });
        } else if (callee || this.state.callees.length) {
            this.selectCallee(callee || this.state.callees[0]);
        }
    }

    selectCallee({ number, name, model, id: resId, field }) {
        this.select({ number, name, model, resId, field });
    }

    select(target) {
        this.searchSoon.cancel();
        Object.assign(this.state, { text: "", callees: [], active: -1 });
        this.props.onSelect(target);
    }
}
