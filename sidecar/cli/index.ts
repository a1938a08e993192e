#!/usr/bin/env node
import { readConfig } from "../config";
import { serve } from "../main";
import { processOutput } from "./output";
import { run } from "./run";
import { httpTransport } from "./transport";

// The code is set, not exited with: `serve` goes on, and output still in the pipe is not cut off.
void run(process.argv.slice(2), {
  env: process.env,
  output: processOutput(),
  transport: httpTransport,
  serve: (config) => serve(config, () => readConfig(process.env)),
}).then((code) => {
  process.exitCode = code;
});
