import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { queryClient } from './client.ts';
import { NotFound, RouteProblem } from './fallbacks.tsx';
import { meQuery } from './me.ts';
import { isRefusedForNow, signInAddress } from './refusals.ts';
import { Shell } from './shell.tsx';
import { viewRoutes } from './views.ts';

const root = createRootRoute({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('../views/sign-in/sign-in.view.tsx'), 'SignInView'),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: lazyRouteComponent(() => import('../views/sign-in/invitation.view.tsx'), 'InvitationView'),
});

/** Everything that needs somebody who is signed in. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  errorComponent: RouteProblem,
  beforeLoad: async ({ location }) => {
    await queryClient.ensureQueryData(meQuery).catch((error: unknown) => {
      if (isRefusedForNow(error)) throw redirect({ href: signInAddress(location.href), replace: true });
      throw error;
    });
  },
});

/** Any other address: with the menu around it, which leads on. */
const elsewhere = createRoute({ getParentRoute: () => shell, path: '$', component: NotFound });

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    invitation,
    shell.addChildren([...viewRoutes(() => shell), elsewhere]),
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: RouteProblem,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
