#define PT_REGS_PARM1(ctx) ((ctx)->di)

#define PT_REGS_PARM2(ctx) ((ctx)->si)

#define PT_REGS_PARM3(ctx) ((ctx)->dx)

#define PT_REGS_PARM4(ctx) ((ctx)->cx)

#define PT_REGS_PARM5(ctx) ((ctx)->r8)

#define PT_REGS_PARM6(ctx) ((ctx)->r9)

#define PT_REGS_RET(ctx) ((ctx)->sp)

#define PT_REGS_FP(ctx) ((ctx)->bp)

#define PT_REGS_RC(ctx) ((ctx)->ax)

#define PT_REGS_SP(ctx) ((ctx)->sp)

#define PT_REGS_IP(ctx) ((ctx)->ip)

#define PT_REGS_PARM1_SYSCALL(ctx) ((ctx)->di)

#define PT_REGS_PARM2_SYSCALL(ctx) ((ctx)->si)

#define PT_REGS_PARM3_SYSCALL(ctx) ((ctx)->dx)

#define PT_REGS_PARM4_SYSCALL(ctx) ((ctx)->r10)

#define PT_REGS_PARM5_SYSCALL(ctx) ((ctx)->r8)

#define PT_REGS_PARM6_SYSCALL(ctx) ((ctx)->r9)

#define __PAGE_OFFSET_BASE_L4 0xffff888000000000UL

#define __PAGE_OFFSET_BASE_L5 0xff11000000000000UL

#define PAGE_OFFSET __PAGE_OFFSET_BASE_L4

#define __START_KERNEL_map 0xffffffff80000000UL
