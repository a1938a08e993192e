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
  "faults",
];

/** Kinds that start real parts: their hooks take seconds. */
const slow = new Set(kinds.slice(2));

module.exports = {
  projects: kinds.map((kind) => ({
    displayName: kind,
    testEnvironment: "node",
    testMatch: [`<rootDir>/tests/${kind}/**/*.test.ts`],
    modulePathIgnorePatterns: ["<rootDir>/.stack/", "<rootDir>/dist/"],
    ...(slow.has(kind) ? { testTimeout: 60_000 } : {}),
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
