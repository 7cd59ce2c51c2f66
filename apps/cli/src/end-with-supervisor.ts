/**
 * Preloaded into every role by `roleCommand`: a role that a supervisor started ends with it, even when the supervisor
 * is killed. Does nothing in a role that was started in another way.
 */
import { exitWhenSupervisorDies } from '@naru/supervisor/exit-when-supervisor-dies.ts';

exitWhenSupervisorDies();
