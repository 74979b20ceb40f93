import { reactive } from "@odoo/owl";

import { registry } from "@web/core/registry";

/**
 * What colleagues' telephones are doing. Read once something shows it, and kept up to
 * date by the bus from then on.
 */
export class Presences {
    /** @param {import("services").ServiceFactories} services */
    constructor({ telephony }) {
        this.telephony = telephony;
        this.isWanted = false;
        /** Presences by user id; users without a telephone are missing. */
        this.byUser = {};
    }

    /** Have the presences at hand: what shows one asks for it. */
    want() {
        if (!this.isWanted) {
            this.isWanted = true;
            this.load();
        }
    }

    async load() {
        if (this.isWanted && this.telephony.isActive) {
            this.take(await this.telephony.ask("get_telephony_presences", [], "res.users"));
        }
    }

    /** @param {[number, string|false][]} [presences] */
    take(presences = []) {
        for (const [userId, presence] of presences) {
            this.byUser[userId] = presence;
        }
    }
}

export const presenceService = {
    dependencies: ["bus_service", "telephony"],
    start(env, services) {
        const presences = reactive(new Presences(services));
        const { bus_service } = services;
        bus_service.subscribe("res.users/telephony_presence", (news) =>
            presences.take(news.presences)
        );
        bus_service.addEventListener("BUS:RECONNECT", () => presences.load());
        return presences;
    },
};

registry.category("services").add("telephony.presence", presenceService);
