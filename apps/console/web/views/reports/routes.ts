import { reportPeriods } from '@naru/wire/report.ts';
import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

const listSearch = z.object({ period: z.enum(reportPeriods).optional().catch(undefined) });
const detailSearch = z.object({ version: z.number().int().min(0).optional().catch(undefined) });

export function reportRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/reports',
      validateSearch: listSearch,
      component: lazyRouteComponent(() => import('./report-list.view.tsx'), 'ReportListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/reports/$period/$date',
      validateSearch: detailSearch,
      component: lazyRouteComponent(() => import('./report-detail.view.tsx'), 'ReportDetailView'),
    }),
  ] as const;
}
