import { isIP } from 'node:net';
import { PORTS_ALLOWED, URL_LENGTH_MAX } from './outbound.limits.ts';
import { isLocalAddress, isPublicAddress } from './public-address.ts';

export type UrlProblem =
  | 'url_malformed'
  | 'url_not_https'
  | 'url_credentials'
  | 'url_port'
  | 'url_not_public';

/** Names that are never looked up outside of the machine or its network. Source: RFC 6761, RFC 6762, RFC 8375. */
const LOCAL_NAMES = /(^|\.)(localhost|local|internal|intranet|home\.arpa|lan)\.?$/;

/**
 * What is wrong with an address that a stranger names; null: nothing that can be seen before its name is looked up.
 * @param options.allowLocal for development: addresses of this machine and of local networks, without TLS, on any port
 */
export function findUrlProblem(text: string, options: { allowLocal: boolean }): UrlProblem | null {
  if (text.length > URL_LENGTH_MAX || !URL.canParse(text)) return 'url_malformed';
  const url = new URL(text);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (!/^https?:$/.test(url.protocol) || host === '' || url.hash !== '') return 'url_malformed';
  if (url.username !== '' || url.password !== '') return 'url_credentials';
  if (options.allowLocal) return isIP(host) === 0 || isCallable(host, options) ? null : 'url_not_public';
  if (url.protocol !== 'https:') return 'url_not_https';
  if (!PORTS_ALLOWED.has(url.port)) return 'url_port';
  if (isIP(host) !== 0) return isPublicAddress(host) ? null : 'url_not_public';
  return !host.includes('.') || LOCAL_NAMES.test(host) ? 'url_not_public' : null;
}

/** Whether an IP address may be connected to. */
export function isCallable(address: string, options: { allowLocal: boolean }): boolean {
  return isPublicAddress(address) || (options.allowLocal && isLocalAddress(address));
}
