/** What makes a spreadsheet take a cell for a formula. Source: OWASP, CSV Injection. */
const FORMULA_START = /^[=+\-@\t\r]/;

/**
 * One cell of a CSV line (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in front
 * and is quoted: it is shown as text. Programs that read such a cell remove one leading apostrophe.
 */
export function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const isFormula = FORMULA_START.test(value);
  const text = isFormula ? `'${value}` : value;
  if (!isFormula && !/[",\r\n]/.test(text)) return text;
  return `"${text.replaceAll('"', '""')}"`;
}

/** Lines end with CRLF (RFC 4180, 2). */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}
