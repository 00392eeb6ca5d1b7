// A host in Node: the contract's five imports over plain JavaScript, a fresh instance for each call, one story against the simulator.
//
//   npm install @bytecodealliance/jco
//   npx jco transpile target/component/topcv.wasm --instantiation sync -o topcv-node && echo '{"type":"module"}' > topcv-node/package.json
//   job-board simulate &
//   node docs/embedding/node-host.mjs ./topcv-node http://127.0.0.1:8480
//
// A real platform gives each connection its own durable maps, encrypts `secrets`, and has the operator's list of allowed hosts.
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MessageChannel, Worker, receiveMessageOnPort } from 'node:worker_threads';

const [folder, board] = process.argv.slice(2);
const { instantiate } = await import(resolve(folder, 'topcv.js'));
const core = (name) => new WebAssembly.Module(readFileSync(resolve(folder, name)));
const ALLOWED = [new URL(board).origin];

// The contract's functions are synchronous and fetch is not: a worker fetches while this thread waits.
const { port1: mine, port2: theirs } = new MessageChannel();
const bell = new Int32Array(new SharedArrayBuffer(4));
const worker = new Worker(`
  const { workerData: { theirs, bell } } = require('node:worker_threads');
  theirs.on('message', async (q) => {
    let answer;
    try {
      const r = await fetch(q.url, { method: q.method, body: q.body, redirect: 'manual',
        headers: q.headers.map((h) => [h.name, h.value]), signal: AbortSignal.timeout(q.timeoutMs) });
      answer = { status: r.status, headers: [...r.headers].map(([name, value]) => ({ name, value })), body: new Uint8Array(await r.arrayBuffer()) };
    } catch (error) { answer = { error: error.name }; }
    theirs.postMessage(answer); Atomics.store(bell, 0, 1); Atomics.notify(bell, 0);
  });`, { eval: true, workerData: { theirs, bell }, transferList: [theirs] });
worker.unref();

// A failure crosses the border as a thrown payload.
const fail = (payload) => { throw Object.assign(new Error(payload.code ?? payload.tag), { payload }); };

function send(request) {
  if (!ALLOWED.includes(new URL(request.url).origin)) fail({ code: 'denied', reach: 'not-sent', detail: 'not granted' });
  Atomics.store(bell, 0, 0);
  mine.postMessage(request);
  Atomics.wait(bell, 0, 0);
  const answer = receiveMessageOnPort(mine).message;
  if (answer.error) fail({ code: answer.error === 'TimeoutError' ? 'timeout' : 'other', reach: 'maybe-sent', detail: answer.error });
  if (BigInt(answer.body.length) > request.maxResponseBytes) fail({ code: 'response-too-large', reach: 'maybe-sent', detail: '' });
  return answer;
}

let versions = 0;
function flatMap() {
  const entries = new Map();
  const check = (key, when) => {
    const held = entries.get(key)?.version;
    const holds = when.tag === 'any' || (when.tag === 'absent' ? held === undefined : held === when.val);
    if (!holds) fail({ tag: 'precondition-failed' });
  };
  return {
    get: (key) => entries.get(key),
    put: (key, value, when) => { check(key, when); const version = String(++versions); entries.set(key, { value: value.slice(), version }); return version; },
    delete: (key, when) => { check(key, when); entries.delete(key); },
    listKeys: (prefix, cursor, limit) => {
      const keys = [...entries.keys()].filter((key) => key.startsWith(prefix) && key > (cursor ?? '')).sort().slice(0, limit);
      return { keys, next: keys.length === limit ? keys.at(-1) : undefined };
    },
  };
}

// jco names imports without their version.
const imports = {
  'hiring:job-board/clock': { now: () => BigInt(Date.now()) },
  'hiring:job-board/log': { write: (level, event) => console.log(`  log ${level} ${event}`) },
  'hiring:job-board/http': { send },
  'hiring:job-board/storage': flatMap(),
  'hiring:job-board/secrets': flatMap(),
};
for (const types of ['types', 'forms', 'events']) imports[`hiring:job-board/${types}`] = {};
const plugin = () => instantiate(core, imports);

const control = async (method, path, body) => {
  const answer = await fetch(board + path, { method, body: body && JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  return answer.json();
};
const text = (name, val) => ({ name, value: { tag: 'text', val } });

const employer = await control('POST', '/control/employers', { name: 'Công ty Node' });
const manifest = plugin().connection.describe();
console.log(`${manifest.id} ${manifest.version}, wants ${manifest.hosts.map((host) => host.pattern).join(', ')}`);

const status = plugin().connection.configure([
  text('access-token', employer.access_token), text('secret-key', employer.secret_key),
  { name: 'protocol', value: { tag: 'json', val: JSON.stringify({ base_url: board }) } },
], 'https://platform.example/hooks/1', false);
console.log(`configure: ${status.state}`);

const job = { id: 'job-1', title: 'Kế toán trưởng', details: [
  text('description', 'Phụ trách sổ sách.'), text('requirements', 'Ba năm kinh nghiệm.'), text('benefits', 'Bảo hiểm đầy đủ.'),
  text('city', 'TP.HCM'), text('category', 'Kế toán'), text('job-type', 'Toàn thời gian'), text('level', 'Nhân viên'), text('experience', '2 năm'),
  text('contact-name', 'Trần Lan'), text('contact-phone', '0912345678'), text('contact-email', 'lan@example.com'),
  text('deadline', new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10)),
  { name: 'salary-negotiable', value: { tag: 'truth', val: true } }, { name: 'quantity', value: { tag: 'integer', val: 1n } },
] };
const form = plugin().postings.prepareJob(job, undefined);
console.log(`form: ${form.fields.length} fields, missing: ${form.missing.join(', ') || 'nothing'}`);
const values = form.fields.filter((field) => field.value).map(({ id: name, value }) => ({ name, value }));

const posting = plugin().postings.publishJob(randomUUID(), job.id, values, false);
console.log(`publish: ${posting.state}, at the board: ${posting.boardPosting}`);

const line = `event_type=apply&job_id=${posting.boardPosting}&candidate_phone=0987654321&candidate_id=77`;
const signature = createHmac('sha256', employer.secret_key).update(line).digest('hex');
const body = Buffer.from(JSON.stringify({ event_type: 'apply', job_id: Number(posting.boardPosting), candidate_id: 77,
  candidate_phone: '0987654321', candidate_name: 'Lê Hòa', candidate_email: 'hoa@example.com', signature }));
const outcome = plugin().deliveries.handleWebhook({ method: 'POST', headers: [], body, receivedAt: BigInt(Date.now()) });
console.log(`webhook: ${outcome.verdict.tag}, ${outcome.response.status}, ${outcome.events.map((event) => event.happening.tag).join(', ')}`);
