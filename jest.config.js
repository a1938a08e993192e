"use strict";

/** One Jest project per kind of test and folder of tests/; tests/run.ts picks them by name. */
const kinds = [
  "unit",
  "http",
  "integration",
  "wordpress",
  "ssl",
  "browser",
  "operate",
  "containers",
  "faults",
];

module.exports = {
  // Real parts take seconds to start, and more on a busy machine.
  testTimeout: 60_000,
  projects: kinds.map((kind) => ({
    displayName: kind,
    testEnvironment: "node",
    testMatch: [`<rootDir>/tests/${kind}/**/*.test.ts`],
    modulePathIgnorePatterns: ["<rootDir>/.stack/", "<rootDir>/dist/"],
    transform: {
      "^.+\\.ts$": [
        "@swc/jest",
        {
          jsc: { target: "es2023", parser: { syntax: "typescript" } },
        },
      ],
    },
  })),
};
