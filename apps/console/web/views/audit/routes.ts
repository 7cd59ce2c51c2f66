import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';
import { presets } from '../../primitives/time-range.ts';

/** A number that was typed into the address bar is a text like any other. */
const text = z.union([z.string(), z.number()]).transform(String).optional().catch(undefined);

/** What the URL says of the log; what it does not understand is left out, so that an old link still opens. */
export const auditSearch = z.object({
  actor: text,
  action: text,
  subject: text,
  requestId: text,
  origin: text,
  preset: z.enum(presets).optional().catch(undefined),
  since: text,
  until: text,
});
export type AuditSearch = z.output<typeof auditSearch>;

export function auditRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/audit',
      validateSearch: auditSearch,
      component: lazyRouteComponent(() => import('./audit-list.view.tsx'), 'AuditListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/audit/verification',
      component: lazyRouteComponent(() => import('./verification.view.tsx'), 'VerificationView'),
    }),
  ] as const;
}
