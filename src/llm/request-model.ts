import { providerOfModel } from './readers/provider';
import { View } from './readers/view';

/** What a request says about the model, where it could be seen. */
export interface RequestModel {
  readonly model?: string;
  /** Value of `gen_ai.provider.name`, where the model's name tells. */
  readonly provider?: string;
}

/** Where activities usually nest what they pass on to a model, beside the argument itself. */
export const REQUEST_NESTS = ['request', 'params', 'options', 'body', 'input'] as const;

/** `model` of the provider SDKs, `modelId` of the AI SDK and Bedrock, `modelName` of the OpenAI Agents SDK. */
const KEYS = ['model', 'modelId', 'modelName'];

const PATHS: readonly string[] = ['', ...REQUEST_NESTS.map((nest) => `${nest}.`)].flatMap((nest) =>
  KEYS.map((key) => nest + key),
);

/** Most arguments that are looked at; a model comes early. */
const MAX_ARGS = 4;

function modelOf(arg: unknown): string | undefined {
  if (typeof arg === 'string') return arg.length <= 128 && providerOfModel(arg) !== undefined ? arg : undefined;
  const view = new View(arg);
  for (const path of PATHS) {
    const model = view.word(path);
    if (model !== undefined) return model;
  }
  return undefined;
}

/** The model that an activity's arguments ask for. Never throws; finds nothing in what it does not know. */
export function readRequestModel(args: readonly unknown[]): RequestModel {
  try {
    const count = Math.min(args.length, MAX_ARGS);
    for (let i = 0; i < count; i++) {
      const model = modelOf(args[i]);
      if (model === undefined) continue;
      const provider = providerOfModel(model);
      return provider === undefined ? { model } : { model, provider };
    }
  } catch {
    // A revoked or hostile proxy among the arguments names no model.
  }
  return {};
}
