import ipaddr from 'ipaddr.js';

/** Addresses in public ranges that are a cloud's own and speak to machines inside it only. */
const CLOUD_SERVICES: ReadonlySet<string> = new Set(['168.63.129.16']);
/** All of today's public IPv6 addresses. Source: IANA IPv6 Global Unicast Address Space. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');
/** What a development network has. Never the addresses at which clouds keep their secrets (link-local). */
const LOCAL_RANGES: ReadonlySet<string> = new Set(['loopback', 'private', 'uniqueLocal']);

/**
 * Whether an IP address, in any of its forms, is one of the public internet. Everything with a special meaning is not:
 * loopback, private, link-local with the metadata services of clouds, carrier-grade NAT, multicast, documentation,
 * reserved, and IPv6 addresses that stand for an IPv4 one. Text that is no IP address is not public.
 */
export function isPublicAddress(text: string): boolean {
  const address = parse(text);
  if (address === null || address.range() !== 'unicast') return false;
  if (address.kind() === 'ipv4') return !CLOUD_SERVICES.has(address.toString());
  return address.match(GLOBAL_UNICAST);
}

/** Whether it is of this machine or of a local network; also when it is written as an IPv6 address. */
export function isLocalAddress(text: string): boolean {
  const address = parse(text);
  if (address === null) return false;
  const plain =
    address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
  return LOCAL_RANGES.has(plain.range());
}

/** Without the brackets and the zone of an IPv6 address. Only the forms that a URL or a resolver gives. */
function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare);
  return ipaddr.IPv6.isValid(bare) ? ipaddr.IPv6.parse(bare) : null;
}
