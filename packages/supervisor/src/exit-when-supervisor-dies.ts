const GRACE_MS = 10_000; // the time a SIGTERM from the supervisor would give

/**
 * For the first lines of a supervised program: when the supervisor dies, even by SIGKILL, this process gets a SIGTERM
 * of its own making, so that it ends in its usual way, and is ended for good after `graceMs`.
 * It watches the IPC channel that the supervisor opens, which the system closes with the supervisor's last breath.
 * Does nothing in a program that was started in another way, and does not keep a finished program alive.
 */
export function exitWhenSupervisorDies(options: { graceMs?: number } = {}): void {
  if (process.channel === undefined || process.channel === null) return;
  process.on('disconnect', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), options.graceMs ?? GRACE_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  process.channel.unref(); // after the listener, which holds the event loop open
}
