import { isProblemCode, problemCatalogue } from '@naru/wire/problem-catalogue.ts';
import { z } from 'zod';
import { contentSecurityPolicy, sourceHash } from '../../http/content-security-policy.ts';
import { defineRoute } from '../../http/define-route.ts';
import { negotiateLanguage } from '../../http/language.ts';
import { ProblemError } from '../../http/problem-error.ts';

const STYLE =
  'body{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}code{background:#f2f2f2;padding:.1em .3em;border-radius:4px}h1{font-size:1.5rem;line-height:1.3}@media(prefers-color-scheme:dark){body{color:#e7e7e7;background:#0f0f0f}code{background:#272727}a{color:#7ab8ff}}';

const words = {
  en: {
    code: 'Code',
    status: 'Status',
    repeat: 'Repeat the same call?',
    yes: 'Yes, with the same idempotency key.',
    no: 'No, it will be answered the same way.',
    docs: 'API documentation',
  },
  ko: {
    code: '코드',
    status: '상태',
    repeat: '같은 요청을 다시 보내도 되나요?',
    yes: '네, 같은 멱등 키로 다시 보내 주세요.',
    no: '아니요, 다시 보내도 답이 같아요.',
    docs: 'API 문서',
  },
} as const;

/** What `type` of a problem points to (RFC 9457, 3.1.1). */
export const problemPageRoute = defineRoute({
  method: 'GET',
  path: '/problems/:code',
  operationId: 'getProblemPage',
  tag: 'Service',
  summary: 'Explain an error code',
  description: 'A page for people, in English or Korean by `Accept-Language`.',
  scope: 'public',
  idempotency: 'none',
  rateLimit: 'per_address',
  audit: null,
  request: {
    params: {
      schema: z.object({ code: z.string().meta({ examples: ['insufficient_balance'] }) }),
      otherwise: 'not_found',
    },
    query: null,
    body: null,
  },
  responses: { 200: { description: 'The page.', contentType: 'text/html; charset=utf-8' } },
  errors: ['not_found'],
  handler: async (_deps, { params, acceptLanguage }) => {
    const { code } = params;
    if (!isProblemCode(code)) throw new ProblemError('not_found');
    const language = negotiateLanguage(acceptLanguage);
    const { status, retryable, title, what, next } = problemCatalogue[code];
    const word = words[language];
    // Nothing here comes from the caller: the code is one of the catalogue's.
    const body = `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title[language]}</title><style>${STYLE}</style></head>
<body><h1>${title[language]}</h1>
<p>${word.code}: <code>${code}</code> · ${word.status}: <code>${status}</code></p>
<p>${what[language]}</p><p>${next[language]}</p>
<p>${word.repeat} ${retryable ? word.yes : word.no}</p>
<p><a href="/docs/">${word.docs}</a></p></body></html>
`;
    return {
      status: 200,
      body,
      headers: {
        'content-language': language,
        vary: 'Accept-Language',
        'content-security-policy': contentSecurityPolicy({ 'style-src': [sourceHash(STYLE)] }),
      },
    } as const;
  },
});
