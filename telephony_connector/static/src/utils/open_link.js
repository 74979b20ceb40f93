import { browser } from "@web/core/browser/browser";

// Milliseconds after which a browser has handed a link over to its program.
const HANDED_OVER = 2000;

/**
 * Hands a link such as `tel:+33612345678` over to the program that registered its scheme.
 *
 * In a hidden frame, for the page to stay whatever comes of it: some browsers leave the
 * page with an error where no program knows the scheme.
 */
export function openLink(url) {
    const frame = document.createElement("iframe");
    frame.className = "o_telephony_link d-none";
    frame.src = url;
    document.body.append(frame);
    browser.setTimeout(() => frame.remove(), HANDED_OVER);
}
