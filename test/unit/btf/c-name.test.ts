import assert from "node:assert/strict";
import { test } from "node:test";
import { Btf } from "../../../src/btf/btf.ts";
import { spell } from "../../../src/btf/c-name.ts";
import { BtfBuilder } from "./build-btf.ts";

const b = new BtfBuilder();
const int = b.int("int", 4, 1);
const char = b.int("char", 1, 1);
const sock = b.struct("sock", 4, [["a", int, 0]]);
const toSock = b.pointer(sock);
const constChar = b.add(10, "", char);
const text = b.pointer(constChar);
const handler = b.prototype(int, [
  ["sk", toSock],
  ["fmt", text],
  ["", 0],
]);
const nothing = b.prototype(0, []);
const pair = b.array(b.array(int, 3), 2);
const anonymous = b.struct("", 4, [["x", int, 0]]);

const cases: [id: number, name: string, expected: string][] = [
  [0, "", "void"],
  [int, "x", "int x"],
  [toSock, "", "struct sock *"],
  [toSock, "sk", "struct sock *sk"],
  [b.pointer(0), "p", "void *p"],
  [b.array(char, 16), "", "char [16]"],
  [b.array(char, 16), "comm", "char comm[16]"],
  [text, "s", "const char *s"],
  [b.add(10, "", text), "s", "const char *const s"],
  [b.add(10, "", toSock), "", "struct sock *const"],
  [b.add(10, "", constChar), "c", "const char c"],
  [b.add(9, "", constChar), "c", "volatile const char c"],
  [b.add(11, "", toSock), "sk", "struct sock *__restrict sk"],
  [b.pointer(pair), "p", "int (*p)[2][3]"],
  [b.array(toSock, 4), "a", "struct sock *a[4]"],
  [b.pointer(handler), "f", "int (*f)(struct sock *, const char *, ...)"],
  [b.pointer(handler), "", "int (*)(struct sock *, const char *, ...)"],
  [b.array(b.pointer(nothing), 2), "table", "void (*table[2])(void)"],
  [b.pointer(b.prototype(b.pointer(nothing), [["n", int]])), "get", "void (*(*get)(int))(void)"],
  [b.add(10, "", b.array(char, 4)), "k", "const char k[4]"],
  [b.pointer(b.add(18, "user", char)), "u", "char *u"],
  [b.typedef("pid_t", int), "pid", "pid_t pid"],
  [b.add(7, "hidden", 0, [], 0, 1), "h", "union hidden h"],
  [b.enum("state", 4, []), "s", "enum state s"],
  [anonymous, "in", "struct {...} in"],
];

const btf = Btf.parse(b.bytes());
for (const [id, name, expected] of cases) {
  test(`spells ${expected}`, () => assert.equal(spell(btf, id, name), expected));
}
