/** How long the browser has to begin with it before its memory is given back. */
const KEPT_MS = 60_000;

/** Hands a file to the browser, which asks where to, or does as it is set up. */
export function saveFile(name: string, type: string, pieces: readonly BlobPart[]): void {
  const url = URL.createObjectURL(new Blob([...pieces], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
