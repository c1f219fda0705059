import assert from "node:assert/strict";
import { test } from "node:test";
import { EventQueue } from "../../../src/rings/event-queue.ts";

test("events go to those who wait, in order, and wait themselves otherwise", async () => {
  const queue = new EventQueue<number>();
  const [first, second] = [queue.next(), queue.next()];
  assert.equal(queue.hasWaiting, true);
  for (const value of [1, 2, 3, 4]) queue.push(value);
  assert.equal(queue.hasWaiting, false);
  assert.deepEqual([(await first).value, (await second).value, (await queue.next()).value], [1, 2, 3]);
  assert.deepEqual(queue.takeAll(), [4]);
  assert.deepEqual(queue.takeAll(), []);
});

test("an error comes after the events before it, once", async () => {
  const queue = new EventQueue<number>();
  queue.push(1);
  queue.fail(new Error("bad record"));
  queue.push(2);
  assert.equal((await queue.next()).value, 1);
  assert.equal((await queue.next()).value, 2);
  await assert.rejects(queue.next(), /bad record/);
  const next = queue.next();
  queue.fail(new Error("another"));
  await assert.rejects(next, /another/);
});

test("after the end there is what was pushed before, and then nothing", async () => {
  const queue = new EventQueue<number>();
  const waiting = [queue.next(), queue.next()];
  queue.push(1);
  queue.push(2);
  queue.push(3);
  const late = [queue.next(), queue.next()];
  queue.end();
  assert.deepEqual(await Promise.all([...waiting, ...late]), [
    { value: 1, done: false },
    { value: 2, done: false },
    { value: 3, done: false },
    { value: undefined, done: true },
  ]);
  assert.equal((await queue.next()).done, true);
});

test("an aborted wait ends without an event and takes none", async () => {
  const queue = new EventQueue<number>();
  const stop = new AbortController();
  const [aborted, kept] = [queue.next(stop.signal), queue.next()];
  stop.abort();
  assert.deepEqual(await aborted, { value: undefined, done: true });
  queue.push(1);
  queue.push(2);
  assert.equal((await kept).value, 1);
  assert.equal((await queue.next(stop.signal)).done, true);
  assert.equal((await queue.next(new AbortController().signal)).value, 2);
});
