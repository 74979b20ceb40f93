const js = require("@eslint/js");
const globals = require("globals");

const restrictedSyntax = [
    {
        selector: "PrivateIdentifier",
        message: "Odoo's patch() cannot reach #private members: use a leading underscore.",
    },
    ...["props", "template"].map((name) => ({
        selector:
            "ClassDeclaration[superClass.name='Component']" +
            `:not(:has(ClassBody.body > PropertyDefinition[key.name='${name}'][static='true']))`,
        message: `A component declares static ${name}.`,
    })),
    {
        selector: "CallExpression[callee.name='_t'] > :first-child[value=/(.*%s){2,}/]",
        message: "Name the placeholders of a text that has several.",
    },
    {
        selector:
            "CallExpression[callee.object.property.name=/^notification(Service)?$/]" +
            "[callee.property.name='add'] > Literal:first-child",
        message: "Translate what a notification says.",
    },
];

module.exports = [
    { ignores: [".local/**", "node_modules/**", "telephony_*/static/lib/**"] },
    js.configs.recommended,
    {
        files: ["telephony_*/static/**/*.js"],
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: { ...globals.browser, odoo: "readonly", luxon: "readonly" },
        },
        rules: {
            "arrow-body-style": ["error", "as-needed"],
            curly: ["error", "all"],
            eqeqeq: "error",
            "no-console": "error",
            "no-duplicate-imports": "error",
            "no-restricted-globals": ["error", "event", "self"],
            "no-restricted-syntax": ["error", ...restrictedSyntax],
            "no-unused-vars": ["error", { args: "none", caughtErrors: "all" }],
            "prefer-const": ["error", { destructuring: "all" }],
        },
    },
    {
        files: ["*.cjs"],
        languageOptions: { sourceType: "commonjs", globals: globals.node },
    },
];
