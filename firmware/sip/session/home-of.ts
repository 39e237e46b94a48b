import type { Flow } from '../transaction-layer.ts';

/** The flow as a new call keeps it. `followsOn`: the shared address, where calls that come to it are to live whichever unit holds it; null = calls stay with their unit. */
export function homeOf(flow: Flow, followsOn: string | null): Flow {
  if (followsOn === null || flow.shared !== true) return flow;
  return { ...flow, local: { address: followsOn, port: flow.local.port }, followed: true };
}
