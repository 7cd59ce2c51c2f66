import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import type { Role } from '@naru/wire/role.ts';
import { type Console, startConsole } from './console.ts';
import { type Desk, LOOKS, sitDown } from './desk.ts';
import type { Look } from './front-door.ts';
import type { Stack } from './stack.ts';

/** A platform with its console, and the people before it. */
export type Stage = {
  stack: Stack;
  shown: Console;
  /** With the key of the owner, to ask the machine what a page has done. */
  naru: Naru;
  sit(role: Role, look: Look): Promise<Desk>;
  /** An administrator, in Korean at a desk and in English on a phone. */
  sitAsAdmins(): Promise<[Desk, Desk]>;
  /** Whatever went wrong in any page of anybody. */
  wrong(): string[];
  stop(): Promise<void>;
};

/** Takes over the stack. `apiEnv`: what this API is told besides what every one needs. */
export async function setStage(stack: Stack, apiEnv: Record<string, string> = {}): Promise<Stage> {
  const shown = await startConsole(stack, apiEnv).catch(async (error: unknown) => {
    await stack.stop();
    throw error;
  });
  const desks: Desk[] = [];
  const sit = async (role: Role, look: Look) => {
    const desk = await sitDown(shown, role, look);
    desks.push(desk);
    return desk;
  };
  return {
    stack,
    shown,
    naru: createNaru({ baseUrl: shown.api.url, apiKey: stack.apiKey }),
    sit,
    sitAsAdmins: async () => [await sit('admin', LOOKS[0]), await sit('admin', LOOKS[1])],
    wrong: () => desks.flatMap(({ wrong }) => wrong),
    async stop() {
      await shown.stop();
      await stack.stop();
    },
  };
}
