/**
 * One field may hold several numbers: `+33 1 … | +33 6 …`, `01 … / 06 …`, or one to a
 * line. A slash without spaces around it belongs to the number.
 *
 * @param {string|false} text
 * @returns {string[]} the numbers, as they are written
 */
export function splitNumbers(text) {
    return (text || "")
        .split(/[|;\n]|\s\/\s/)
        .map((number) => number.trim())
        .filter((number) => /\d/.test(number));
}
