import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Between measurements, so that none pays for the garbage of another. */
export const collectGarbage: () => void = runInNewContext('gc');
