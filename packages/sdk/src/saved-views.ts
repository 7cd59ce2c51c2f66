import {
  removedView,
  type SavedViewBody,
  type SaveViewInput,
  savedView,
  savedViewList,
} from '@naru/wire/saved-view.ts';
import { type CallOptions, callsOf, type WriteOptions } from './calls.ts';
import type { Transport } from './transport.ts';

/** Filters of lists under names, which an organisation shares; saving needs the scope `operations:write`. */
export type SavedViewsClient = {
  list(of?: { list?: SavedViewBody['list'] }, options?: CallOptions): Promise<SavedViewBody[]>;
  save(input: SaveViewInput, options?: WriteOptions): Promise<SavedViewBody>;
  remove(id: string, options?: WriteOptions): Promise<void>;
};

const PATH = '/v1/admin/saved-views';

export function createSavedViewsClient(transport: Transport): SavedViewsClient {
  const { read, post } = callsOf(transport);
  return {
    list: async (of, options) => (await read(PATH, savedViewList, options, of)).data,
    save: (input, options) => post(PATH, savedView, options, input),
    remove: async (id, options) => {
      await post(`${PATH}/${encodeURIComponent(id)}/remove`, removedView, options);
    },
  };
}
