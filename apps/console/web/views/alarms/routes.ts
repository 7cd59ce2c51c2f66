import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

const alarmsSearch = z.object({ state: z.enum(['OPEN', 'CLOSED', 'all']).optional().catch(undefined) });

export function alarmRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/alarms',
      validateSearch: alarmsSearch,
      component: lazyRouteComponent(() => import('./alarm-list.view.tsx'), 'AlarmListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/alarms/channels',
      component: lazyRouteComponent(() => import('./channel-list.view.tsx'), 'ChannelListView'),
    }),
  ] as const;
}
