import type { CaptureFilter, CaptureRule } from '../../capture.ts';

/** A filter as pcap-filter(7) writes it. */
export function bpfText(filter: CaptureFilter): string {
  return filter.map((rule) => `(${ruleText(rule)})`).join(' or ');
}

function ruleText({ transport, hosts, ports, fragments }: CaptureRule): string {
  const portText = ports.map(([first, last]) => (first === last ? `port ${first}` : `portrange ${first}-${last}`)).join(' or ');
  const wanted = `(${transport} and (${portText}))`;
  const packets = transport === 'tcp' || !fragments ? wanted : `(${wanted} or (ip[6:2] & 0x1fff != 0 and ip proto 17) or ip6 proto 44)`;
  return hosts.length === 0 ? packets : `${packets} and (${hosts.map(hostText).join(' or ')})`;
}

const hostText = (host: string): string => (host.includes('/') ? `net ${host}` : `host ${host}`);
