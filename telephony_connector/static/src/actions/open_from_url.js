import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const PATH = "/telephony-call";

/**
 * Opens the page of a call that a telephone program knows of, by
 * `/odoo/telephony-call?number=…&direction=…`.
 *
 * The parameters are read from the address itself: the router makes numbers of what looks
 * like one, and `+33612345678` or `0612345678` would lose their first character.
 */
export async function openFromUrl(env, action) {
    const { pathname, search } = browser.location;
    const params = pathname.endsWith(PATH)
        ? Object.fromEntries(new URLSearchParams(search))
        : action.params || {};
    return env.services.orm.call("telephony.registration", "open_from_url", [params]);
}

registry.category("actions").add("telephony_open", openFromUrl);
