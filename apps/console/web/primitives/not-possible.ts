/** A command that a page itself refuses, having looked; its message is for people. Nothing was sent. */
export class NotPossible extends Error {}
