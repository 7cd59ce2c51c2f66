import { z } from 'zod';

// Imported before every schema, since each decides when it is made: the faster checks are made with `new Function`, which
// the policy for content forbids.
z.config({ jitless: true });
