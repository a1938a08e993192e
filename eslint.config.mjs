import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "build/",
      ".stack/",
      "node_modules/",
      "wp-plugin/",
      "**/*.js",
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [
      ...tseslint.configs.strictTypeChecked,
      ...tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
    },
  },
  // The four sides of the outside world see each other only through reconcile's interfaces.
  ...["source", "serverpilot", "probe", "record"].map((folder, _, all) => ({
    files: [`sidecar/${folder}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: all
            .filter((other) => other !== folder)
            .map((other) => `../${other}/*`),
        },
      ],
    },
  })),
  // What thinks does no I/O.
  {
    files: ["plan", "policy", "guard", "ssl", "ssl-schedule", "records"].map(
      (name) => `sidecar/reconcile/${name}.ts`,
    ),
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            "node:*",
            "!node:crypto",
            "../record/*",
            "../serverpilot/*",
            "../probe/*",
          ],
        },
      ],
    },
  },
  prettier,
);
