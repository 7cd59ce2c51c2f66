import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

const text = z.string().max(100).optional().catch(undefined);

export function settingRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/settings',
      validateSearch: z.object({ q: text, target: text }),
      component: lazyRouteComponent(() => import('./setting-list.view.tsx'), 'SettingListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/settings/$key',
      validateSearch: z.object({ target: text }),
      component: lazyRouteComponent(() => import('./setting-detail.view.tsx'), 'SettingDetailView'),
    }),
  ] as const;
}
