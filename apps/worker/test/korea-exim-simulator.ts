import { createServer } from 'node:http';

/**
 * The exchange rate API of the Export-Import Bank of Korea as a program of its own, for tests: path, parameters, forms and
 * codes as the bank publishes them. `POST /control` with JSON sets what it does from then on:
 *
 * - `rates`: by day (`20260302`) a list of `[cur_unit, deal_bas_r]`; a day that is absent is one without rates: `[]`
 * - `result`: 2, 3 or 4 in the place of rates
 * - `fault`: `status` (HTTP 500), `html` (a page instead of JSON), `hang` (no answer), `redirect`
 *
 * Started with a port and the one key that it accepts; writes a line when it listens.
 */
type Control = {
  rates: Record<string, [unit: string, rate: string][]>;
  result: number | null;
  fault: 'status' | 'html' | 'hang' | 'redirect' | null;
};

const [port = '0', key = 'test-key'] = process.argv.slice(2);
let control: Control = { rates: {}, result: null, fault: null };

const item = (result: number, unit: string | null, rate: string | null) => ({
  result,
  cur_unit: unit,
  cur_nm: unit,
  ttb: rate,
  tts: rate,
  deal_bas_r: rate,
  bkpr: rate,
  yy_efee_r: '0',
  ten_dd_efee_r: '0',
  kftc_deal_bas_r: rate,
  kftc_bkpr: rate,
});

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://bank');
  if (request.method === 'POST' && url.pathname === '/control') {
    let body = '';
    for await (const piece of request) body += piece;
    control = { rates: {}, result: null, fault: null, ...JSON.parse(body) };
    return void response.end();
  }
  if (control.fault === 'hang') return;
  if (control.fault === 'status') return void response.writeHead(500).end('error');
  if (control.fault === 'redirect') return void response.writeHead(302, { location: '/elsewhere' }).end();
  response.setHeader('content-type', control.fault === 'html' ? 'text/html' : 'application/json');
  if (control.fault === 'html') return void response.end('<html>점검 중</html>');
  if (url.pathname !== '/site/program/financial/exchangeJSON') return void response.writeHead(404).end();
  const answer = (items: unknown[]) => response.end(JSON.stringify(items));
  const day = url.searchParams.get('searchdate') ?? '';
  if (url.searchParams.get('authkey') !== key) return void answer([item(3, null, null)]);
  if (control.result !== null) return void answer([item(control.result, null, null)]);
  if (url.searchParams.get('data') !== 'AP01' || !/^\d{8}$/.test(day))
    return void answer([item(2, null, null)]);
  answer((control.rates[day] ?? []).map(([unit, rate]) => item(1, unit, rate)));
});
server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`listening ${typeof address === 'object' ? address?.port : port}\n`);
});
