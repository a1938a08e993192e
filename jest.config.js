"use strict";

/** One Jest project per kind of test; tests/run.ts picks them by name. */
const kinds = ["unit", "http", "integration", "wordpress"];

module.exports = {
  projects: kinds.map((kind) => ({
    displayName: kind,
    testEnvironment: "node",
    testMatch: [`<rootDir>/tests/${kind}/**/*.test.ts`],
    transform: {
      "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }],
    },
  })),
};
