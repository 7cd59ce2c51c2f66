const HIDDEN = '[hidden]';

/**
 * A text of an error as people may see it: what is in URLs besides the host, after words that announce a secret, and
 * long runs of letters and digits that are no hash or address of a chain. Hides rather too much.
 */
export function maskSecrets(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@]*@)?([^\s/?#'")]+)[^\s'")]*/gi, `$1$2/${HIDDEN}`)
    .replace(/\b(bearer|basic)\s+[^\s,;'"]+/gi, `$1 ${HIDDEN}`)
    .replace(
      /\b((?:api[-_ ]?)?key|token|secret|password|authorization)(["']?\s*[=:]\s*["']?)[^\s,;'"]+/gi,
      `$1$2${HIDDEN}`,
    )
    .replace(/\b(?!0x)[A-Za-z0-9_-]{40,}\b/g, HIDDEN);
}
