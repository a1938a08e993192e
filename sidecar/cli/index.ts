#!/usr/bin/env node
import { serve } from "../main";
import { checkOnce } from "../network/check";
import { isBundle } from "../version";
import { processOutput } from "./output";
import { run } from "./run";
import { httpTransport } from "./transport";

// The code is set, not exited with: `serve` goes on, and output still in the pipe is not cut off.
void run(process.argv.slice(2), {
  env: process.env,
  output: processOutput(process.env),
  transport: httpTransport,
  serve,
  checkOnce,
  defaultEnvironment: "/etc/domain-bridge.env",
  self: {
    node: process.execPath,
    script: process.argv[1] ?? "",
    isBundle,
  },
}).then((code) => {
  process.exitCode = code;
});
