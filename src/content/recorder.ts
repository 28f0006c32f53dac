/**
 * Turns observations into records and contents.
 *
 * @module
 */

import type { ActivityObservation, ContentRef, ContentRefs } from '../activity/observation';
import type { Finding } from '../definitions/finding';
import type { ObserverPart } from '../definitions/observer-parts';
import { type InlineContent, sha256Of } from './journal-files';
import type { Pipeline } from './pipeline';
import { buildFinding, buildRecord, errorMessageOf, type TraceIds } from './record';
import type { RecorderSinks } from './recorder-sinks';
import type { RedactContext, Redactor } from './redaction';
import { serialise } from './serialise';

/** Contents up to this size, in characters, are redacted and hashed at once; the rest elsewhere. */
const MAX_INLINE_CHARS = 64 * 1024;

const OFF: ContentRef = { missing: 'off' };
const ALL_OFF: ContentRefs = { input: OFF, output: OFF };
const DROPPED: ContentRef = { missing: 'dropped' };

export interface RecorderSettings {
  readonly capture: 'full' | 'metadata';
  readonly maxContentBytes: number;
  readonly redactor: Redactor;
}

/** A content before anything of it is on disk. */
type Prepared =
  | { readonly ref: ContentRef; readonly inline?: InlineContent }
  | { readonly large: string; readonly redact: boolean };

interface Problem {
  readonly part: ObserverPart;
  readonly error: unknown;
  /** A content is given up because of it. */
  readonly isLoss: boolean;
}

/** The recorder of one worker. Several share one pipeline. */
export class ContentRecorder {
  constructor(
    private readonly pipeline: Pipeline,
    private readonly settings: RecorderSettings,
    private readonly sinks: RecorderSinks,
  ) {
    pipeline.attach(sinks);
  }

  /**
   * Puts the record into the journal before it returns, and lets the content be stored later. Never throws. The
   * references are known at once, or, for contents over 64 KiB, soon; the promise never rejects.
   */
  record(observation: ActivityObservation, traceIds: TraceIds = {}): ContentRefs | Promise<ContentRefs> {
    try {
      return this.recordOrThrow(observation, traceIds);
    } catch (error) {
      this.sinks.report('content', error);
      return { input: DROPPED, output: DROPPED };
    }
  }

  /** Stores a finding under the run that it is about. Never throws. */
  recordFinding(namespace: string, finding: Finding): void {
    try {
      this.pipeline.claimNamespace(namespace, this.sinks);
      this.pipeline.append(namespace, `${JSON.stringify(buildFinding(namespace, finding, Date.now()))}\n`);
    } catch (error) {
      this.sinks.report('content', error);
    }
  }

  private recordOrThrow(observation: ActivityObservation, traceIds: TraceIds): ContentRefs | Promise<ContentRefs> {
    const { namespace } = observation.correlation;
    this.pipeline.claimNamespace(namespace, this.sinks);
    const problems: Problem[] = [];
    const { input: args } = observation;
    const input = this.prepare('input', observation, args.length === 0 ? undefined : args, problems);
    const output = this.prepare('output', observation, observation.output, problems);
    // Until it is stored, a large content is one that the end of the process would take along.
    const refs: ContentRefs =
      this.settings.capture === 'metadata' ? ALL_OFF : { input: refNow(input), output: refNow(output) };
    const record = buildRecord(observation, refs, traceIds, this.errorMessage(observation, problems));
    this.reportProblems(namespace, problems);
    const place = this.pipeline.append(namespace, `${JSON.stringify(record)}\n`);
    if (place === undefined) return { input: withoutContent(refs.input), output: withoutContent(refs.output) };
    const { segment, line } = place;
    const late: { input?: Promise<ContentRef>; output?: Promise<ContentRef> } = {};
    const inline: InlineContent[] = [];
    for (const [side, prepared] of [
      ['input', input],
      ['output', output],
    ] as const) {
      if ('large' in prepared) {
        late[side] = new Promise((known) => {
          const { large: text, redact } = prepared;
          this.pipeline.enqueue({ namespace, text, redact, segment, line, side, known });
        });
      } else if (prepared.inline !== undefined) inline.push(prepared.inline);
    }
    if (inline.length > 0) this.pipeline.spool(segment, namespace, inline);
    if (late.input === undefined && late.output === undefined) return refs;
    return Promise.all([late.input ?? refs.input, late.output ?? refs.output]).then(([i, o]) => ({
      input: i,
      output: o,
    }));
  }

  private prepare(
    kind: 'input' | 'output',
    observation: ActivityObservation,
    value: unknown,
    problems: Problem[],
  ): Prepared {
    const { capture, maxContentBytes, redactor } = this.settings;
    if (capture === 'metadata') return { ref: OFF };
    const measure = kind === 'input' ? observation.inputMeasure : observation.outputMeasure;
    const serialised = serialise(value, maxContentBytes, measure);
    if ('missing' in serialised) {
      if (serialised.missing !== 'none') {
        const error = new TypeError(`the ${kind} of an activity is ${serialised.missing}`);
        problems.push({ part: 'content', error, isLoss: true });
      }
      return { ref: serialised };
    }
    const { text } = serialised;
    const isLarge = text.length > MAX_INLINE_CHARS;
    if (isLarge && redactor.runsAnywhere) return { large: text, redact: redactor.redactsByDefault };
    let redacted: string;
    try {
      redacted = redactor.redact(text, contextOf(kind, observation));
    } catch (error) {
      problems.push({ part: 'redact', error, isLoss: true });
      return { ref: { missing: 'redactor-failed' } };
    }
    if (isLarge) return { large: redacted, redact: false };
    return this.inline(observation.correlation.namespace, redacted);
  }

  private inline(namespace: string, text: string): Prepared {
    const sha256 = sha256Of(text);
    const bytes = Buffer.byteLength(text);
    return { ref: { uri: this.pipeline.uriOf(namespace, sha256), sha256, bytes }, inline: { sha256, bytes, text } };
  }

  /** One of each kind: input and output usually fail for the same reason. */
  private reportProblems(namespace: string, problems: readonly Problem[]): void {
    for (const { part, error, isLoss } of problems) {
      if (isLoss) this.pipeline.countDropped(namespace, 1);
      if (problems.find((problem) => problem.part === part)?.error === error) this.sinks.report(part, error);
    }
  }

  private errorMessage(observation: ActivityObservation, problems: Problem[]): string | undefined {
    const message = observation.error === undefined ? undefined : errorMessageOf(observation.error);
    if (message === undefined) return undefined;
    try {
      return this.settings.redactor.redactError(message, contextOf('error', observation));
    } catch (error) {
      problems.push({ part: 'redact', error, isLoss: false });
      return undefined;
    }
  }
}

function contextOf(kind: RedactContext['kind'], { correlation }: ActivityObservation): RedactContext {
  return { kind, workflowType: correlation.workflowType, activityType: correlation.activityType };
}

function refNow(prepared: Prepared): ContentRef {
  return 'large' in prepared ? DROPPED : prepared.ref;
}

/** A reference whose content will not be stored. */
function withoutContent(ref: ContentRef): ContentRef {
  return ref.missing === undefined ? DROPPED : ref;
}
