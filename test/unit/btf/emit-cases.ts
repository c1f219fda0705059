/** A program against a kernel of C text, and what the declarations for it must and must not hold. */
export interface EmitCase {
  readonly title: string;
  /** C text of the kernel's types. A variable keeps its type, whole, in the kernel's BTF. */
  readonly kernel: string;
  /** The program. Its identifiers are taken from it; it must compile after the declarations. */
  readonly program: string;
  readonly tags?: readonly string[];
  readonly ordinary?: readonly string[];
  readonly macros?: readonly string[];
  readonly complete?: readonly string[];
  readonly has?: readonly string[];
  readonly lacks?: readonly string[];
}

export const EMIT_CASES: readonly EmitCase[] = [
  {
    title: "a named struct is complete, with what it contains by value",
    kernel: "struct in { int x; }; struct sock { struct in in; int a; } v; struct other { int b; } w;",
    program: "int f(struct sock *s) { return s->in.x; }",
    has: ["struct sock {\n\tstruct in in;\n\tint a;\n};", "struct in {"],
    lacks: ["other"],
  },
  {
    title: "what a pointer leads to is only declared",
    kernel: "struct file { int a; } w; struct sock { struct file *file; } v;",
    program: "int f(struct sock *s) { return s != 0; }",
    has: ["struct file;", "struct sock {"],
    lacks: ["struct file {"],
  },
  {
    title: "unless the program names the member, and so on",
    kernel:
      "struct inode { int i_ino; } a; struct file { struct inode *f_inode; struct inode *other; } b; struct sock { struct file *file; } c;",
    program: "int f(struct sock *s) { return s->file->f_inode->i_ino; }",
    has: ["struct inode {", "struct file {"],
  },
  {
    title: "a pointer behind a typedef, an array and qualifiers leads as far",
    kernel:
      "struct inode { int i; } a; typedef struct inode *const inode_p; struct sock { inode_p list[2]; } v;",
    program: "int f(struct sock *s) { return s->list[1]->i; }",
    has: ["typedef struct inode *const inode_p;", "struct inode {"],
  },
  {
    title: "a forward declaration in the BTF leads to the struct of that name",
    kernel: "struct file; struct sock { struct file *file; } v;",
    program: "int f(struct sock *s) { return s->file != 0; }",
    has: ["struct file;"],
  },
  {
    title: "the parameters of function pointers need only declarations",
    kernel:
      "struct msg { int x; } m; typedef int num_t; enum mode { M_A }; struct ops { num_t (*send)(struct msg *, enum mode, ...); } v;",
    program: "int f(struct ops *o) { return o->send != 0; }",
    has: ["struct msg;", "enum mode : unsigned int;", "num_t (*send)(struct msg *, enum mode, ...);"],
    lacks: ["struct msg {", "M_A"],
  },
  {
    title: "an enum that a member reaches comes without its enumerators",
    kernel: "enum state { UNKNOWN, OPEN }; struct sock { enum state state; enum state bits : 4; } v;",
    program: "enum mine { UNKNOWN = 7 }; int f(struct sock *s) { return (int)s->state == UNKNOWN; }",
    ordinary: ["UNKNOWN"],
    tags: ["mine"],
    has: ["enum state : unsigned int;"],
    lacks: ["UNKNOWN", "OPEN"],
  },
  {
    title: "an enumerator brings its enum, without what the program defines",
    kernel: "enum state { CLOSED, OPEN = 5, HIDDEN } v;",
    program: "enum { HIDDEN = 9 }; int f(void) { return OPEN + HIDDEN; }",
    ordinary: ["HIDDEN"],
    has: ["enum state {\n\tCLOSED = 0,\n\tOPEN = 5,\n};"],
    lacks: ["HIDDEN"],
  },
  {
    title: "enumerators that are macros of the program are left out",
    kernel: "enum { PROTO_TCP = 6, PROTO_UDP = 17 } v;",
    program: "#define PROTO_TCP 6\nint f(void) { return PROTO_TCP + PROTO_UDP; }",
    macros: ["PROTO_TCP"],
    has: ["enum {\n\tPROTO_UDP = 17,\n};"],
    lacks: ["PROTO_TCP"],
  },
  {
    title: "an anonymous enum is an integer where a member has it",
    kernel: "struct sock { enum { IDLE, BUSY } state; } v;",
    program: "int f(struct sock *s) { return s->state == BUSY; }",
    has: ["unsigned int state;", "BUSY = 1"],
  },
  {
    title: "enumerators keep their values and types",
    kernel:
      "enum neg { MINUS = -1, LEAST = -2147483647 - 1 } a; enum big { BIG = 0xffffffffu } b; enum wide { WIDE = 1UL << 63 } c; enum __attribute__((packed)) tiny { TINY = 3 } d;",
    program:
      '_Static_assert(MINUS == -1 && LEAST < 0 && BIG == 0xffffffffu && WIDE == 1UL << 63 && TINY == 3 && sizeof(enum tiny) == 1 && sizeof(TINY) <= 4, "");',
    has: ["MINUS = -1,", "enum tiny : unsigned char {"],
  },
  {
    title: "typedefs of what is reached come along; base types too when they are named",
    kernel:
      "typedef unsigned char __u8; typedef __u8 u8; typedef unsigned int u32; typedef _Bool bool; struct sock { u32 a; } v; u8 x; bool y;",
    program: "u8 f(struct sock *s) { bool ok = s->a > 1; return ok; }",
    has: [
      "typedef unsigned char __u8;",
      "typedef __u8 u8;",
      "typedef _Bool bool;",
      "typedef unsigned int u32;",
    ],
  },
  {
    title: "an anonymous struct behind a typedef is complete by value and opaque behind a pointer",
    kernel:
      "typedef struct { int counter; } atomic_t; typedef struct { int seg; } mm_t; struct sock { atomic_t refs; mm_t *mm; } v; mm_t w;",
    program: "int f(struct sock *s) { return s->refs.counter; }",
    has: ["typedef struct {\n\tint counter;\n} atomic_t;", "typedef struct mm_t___opaque mm_t;"],
    lacks: ["seg"],
  },
  {
    title: "an opaque typedef is complete when the program follows the pointer",
    kernel: "typedef struct { int seg; } mm_t; struct sock { mm_t *mm; } v; mm_t w;",
    program: "int f(struct sock *s) { return s->mm->seg; }",
    has: ["typedef struct {\n\tint seg;\n} mm_t;"],
    lacks: ["opaque"],
  },
  {
    title: "a struct that the program defines wins; pointers in kernel structs lead to it",
    kernel: "struct ns { long a; } v; struct task { struct ns *ns; int pid; } w;",
    program: "struct ns { int mine; }; int f(struct task *t) { return t->ns->mine; }",
    tags: ["ns"],
    has: ["struct ns;"],
    lacks: ["struct ns {", "long"],
  },
  {
    title: "where the kernel contains such a struct by value, its own is written under another name",
    kernel: "struct sock { long a, b; }; struct inet { struct sock sk; int num; } v; struct sock w;",
    program: "struct sock { int mine; }; int f(struct inet *i, struct sock *s) { return i->num + s->mine; }",
    tags: ["sock"],
    has: ["struct sock___kernel {", "struct sock___kernel sk;"],
    lacks: ["struct sock {"],
  },
  {
    title: "the same for typedefs; members of an enum that the program has too are integers",
    kernel: "typedef long id_t; enum mode { A, B }; struct task { id_t id; enum mode mode; } v;",
    program:
      "typedef int id_t; enum mode { MINE }; int f(struct task *t) { id_t i = t->id; enum mode m = t->mode; return i + m == MINE; }",
    tags: ["mode"],
    ordinary: ["id_t", "MINE"],
    has: ["typedef long id_t___kernel;", "unsigned int mode;"],
    lacks: ["enum"],
  },
  {
    title: "enumerators of an enum whose tag the program has",
    kernel: "enum mode { A, B } v;",
    program: "enum mode { MINE }; int f(enum mode m) { return (int)m == B; }",
    tags: ["mode"],
    ordinary: ["MINE"],
    has: ["enum {\n\tA = 0,\n\tB = 1,\n};"],
  },
  {
    title: "local names of the program may be those of kernel types",
    kernel: "struct key { int a; } v; typedef int data_t; data_t w; enum e { len } x;",
    program: "int f(int key, int len) { int data_t = key; return data_t + len; }",
  },
  {
    title: "elements of arrays are complete even behind a pointer",
    kernel: "struct cell { int x; }; struct sock { struct cell (*table)[4]; } v; struct cell w;",
    program: "int f(struct sock *s) { return s != 0; }",
    has: ["struct cell {", "struct cell (*table)[4];"],
  },
  {
    title: "a struct that must be complete without being named",
    kernel: "struct inner { int x; } v; struct sock { struct inner *in; } w;",
    program: "int f(void) { return 0; }",
    complete: ["inner"],
    has: ["struct inner {"],
    lacks: ["struct sock"],
  },
  {
    title: "tags that compilers predeclare and names that they define as macros",
    kernel:
      "typedef struct __va_list_tag { unsigned gp; void *area; } my_list[1]; struct info { int linux, unix, bpf; my_list args; } v;",
    program: "int f(struct info *i) { return i->args[0].gp; }",
    has: ["struct __va_list_tag___kernel {", "#undef linux", "#undef unix"],
  },
  {
    title: "type tags are dropped, qualifiers kept",
    kernel:
      '#define __user __attribute__((btf_type_tag("user")))\nstruct sock { const char __user *buf; volatile int v; int *restrict r; } w;',
    program: "const char *f(struct sock *s) { return s->buf; }",
    has: ["const char *buf;", "volatile int v;", "int *__restrict r;"],
  },
];
