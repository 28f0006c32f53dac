#!/usr/bin/env node
import { PROCESS_OUTPUT } from './output';
import { run } from './program';

void run(process.argv.slice(2), PROCESS_OUTPUT).then((code) => {
  process.exitCode = code;
});
