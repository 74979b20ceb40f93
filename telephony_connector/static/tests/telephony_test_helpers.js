import { busModels } from "@bus/../tests/bus_test_helpers";
import { mailModels } from "@mail/../tests/mail_test_helpers";
import { mailDataHelpers } from "@mail/../tests/mock_server/mail_mock_server";
import { expect } from "@odoo/hoot";
import {
    defineModels,
    fields,
    getService,
    models,
    onRpc,
    patchWithCleanup,
    serverState,
    webModels,
} from "@web/../tests/web_test_helpers";
import { session } from "@web/session";

export const PHONE = {
    agent: false,
    can_call: true,
    user_is_telephony: true,
    extensions: [{ id: 1, number: "1001", pbx_id: 1, pbx_name: "Main", connection_state: "ok" }],
    line: "ready",
    index_complete: true,
    missed_count: 0,
    open_calls: [],
    parked: [],
};

const ADA = { model: "res.partner", id: 7, name: "Ada Example", model_name: "Contact" };

/** The bus's message of an incoming call that rings at the user's. */
export function makePayload(values = {}) {
    return {
        id: 1,
        revision: 1,
        direction: "inbound",
        is_incoming: (values.direction || "inbound") === "inbound",
        state: "ringing",
        outcome: false,
        leg_state: "ringing",
        progress: "ringing",
        on_hold: false,
        consultation: false,
        transfer: false,
        parking_space: false,
        user_id: false,
        show_card: true,
        open_page: false,
        registration_revision: 0,
        ...values,
    };
}

export function makeCard(values = {}) {
    return {
        ...makePayload(values),
        title: "Incoming call: +33 6 39 98 00 01",
        number: "+33639980001",
        number_display: "+33 6 39 98 00 01",
        caller_name: false,
        withheld: false,
        dialed_number: false,
        diverted_from: false,
        queue: false,
        pbx_name: "Main",
        controls: [],
        consulted: false,
        transferred_to: false,
        answered_by: false,
        start_date: "2026-01-05 10:00:00",
        answer_date: false,
        object: ADA,
        matches: [ADA],
        match_count: 1,
        hidden: false,
        new_kinds: ["person", "lead"],
        ...values,
    };
}

/** What the server answers; tests change it as the call goes on. */
export const server = {};

/** Stands for a call's page: it says that it opened. */
export function makePage(id) {
    return {
        type: "ir.actions.client",
        tag: "display_notification",
        params: { message: `Page of call ${id}`, sticky: true },
    };
}

export class TelephonyCall extends models.Model {
    _name = "telephony.call";

    note = fields.Html();

    action_open_page([id]) {
        return makePage(id);
    }
}

class TelephonyCard extends models.Model {
    _name = "telephony.card";

    read_cards(ids) {
        return ids.map((id) => server.cards[id]).filter(Boolean);
    }

    read_card_details(ids) {
        return ids.map((id) => ({ id, ...server.details[id] }));
    }
}

class TelephonyAgent extends models.Model {
    _name = "telephony.agent";

    get_state() {
        return server.phone.agent;
    }
}

class TelephonyClient extends models.Model {
    _name = "telephony.client";

    get_phone_state() {
        return server.phone;
    }

    get_parked() {
        return server.phone.parked;
    }

    get_panel() {
        return server.panel;
    }

    search_callees(text) {
        expect.step(`search ${text}`);
        return server.callees;
    }

    /** As on the server: a page is handed out once, whoever asks. */
    claim_page(id) {
        if (server.claimed.has(id)) {
            return false;
        }
        server.claimed.add(id);
        return makePage(id);
    }
}

export class TelephonyCommand extends models.Model {
    _name = "telephony.command";
}

class MailActivity extends mailModels.MailActivity {
    get _to_store_defaults() {
        return [
            ...super._to_store_defaults,
            mailDataHelpers.Store.attr("telephony_numbers", (activity) =>
                activity.activity_category === "phonecall" ? server.activityNumbers : []
            ),
        ];
    }
}

class ResUsers extends mailModels.ResUsers {
    telephony_presence = fields.Selection({ selection: [["in_use", "On the phone"]] });

    get_telephony_presences() {
        return server.presences;
    }
}

export function defineTelephonyModels() {
    defineModels({
        ...webModels,
        ...busModels,
        ...mailModels,
        MailActivity,
        ResUsers,
        TelephonyAgent,
        TelephonyCall,
        TelephonyCard,
        TelephonyClient,
        TelephonyCommand,
    });
}

/** Be a user of the telephone, or not, with a fresh server. */
export function setupTelephony({ isUser = true, phone = {} } = {}) {
    Object.assign(server, {
        cards: {},
        details: {},
        activityNumbers: [],
        callees: [],
        claimed: new Set(),
        panel: { missed: [], gathered: 0, recent: [], colleagues: [] },
        presences: [],
        phone: { ...PHONE, ...phone },
    });
    patchWithCleanup(session, { is_telephony_user: isUser });
}

/**
 * Have the server take clicks: each is a step of the test, "call" and what was sent.
 *
 * @param {Object} choices of texts with several numbers: what is answered to choose from
 */
export function mockCalls(choices = {}) {
    onRpc("/telephony/call", async (request) => {
        const { params } = await request.json();
        expect.step(["call", ...Object.values(params)].join(" "));
        if (params.number in choices) {
            return { choose: choices[params.number] };
        }
        return { call_id: 1, command_id: false, expires_in: 0, number_display: params.number };
    });
}

/** Let the call's state on the server and the bus's message say the same. */
export function sendPayload(pyEnv, payload, card = {}) {
    server.cards[payload.id] = makeCard({ ...payload, ...card });
    pyEnv["bus.bus"]._sendone(serverState.partnerId, "telephony.call/changed", payload);
}

export function getTelephony() {
    return getService("telephony");
}

export function getDialer() {
    return getService("telephony.dialer");
}
