import type { Fault } from '../fault.ts';
import type { FaultName } from '../names.ts';
import { freeze, kill } from './process-faults.ts';

export const faults: Partial<Record<Exclude<FaultName, 'mixed'>, Fault>> = { kill, freeze };
