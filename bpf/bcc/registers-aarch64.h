#define PT_REGS_PARM1(ctx) ((ctx)->regs[0])

#define PT_REGS_PARM2(ctx) ((ctx)->regs[1])

#define PT_REGS_PARM3(ctx) ((ctx)->regs[2])

#define PT_REGS_PARM4(ctx) ((ctx)->regs[3])

#define PT_REGS_PARM5(ctx) ((ctx)->regs[4])

#define PT_REGS_PARM6(ctx) ((ctx)->regs[5])

#define PT_REGS_RET(ctx) ((ctx)->regs[30])

#define PT_REGS_FP(ctx) ((ctx)->regs[29])

#define PT_REGS_RC(ctx) ((ctx)->regs[0])

#define PT_REGS_SP(ctx) ((ctx)->sp)

#define PT_REGS_IP(ctx) ((ctx)->pc)

#define PT_REGS_PARM1_SYSCALL(ctx) ((ctx)->orig_x0)

#define PT_REGS_PARM2_SYSCALL(ctx) ((ctx)->regs[1])

#define PT_REGS_PARM3_SYSCALL(ctx) ((ctx)->regs[2])

#define PT_REGS_PARM4_SYSCALL(ctx) ((ctx)->regs[3])

#define PT_REGS_PARM5_SYSCALL(ctx) ((ctx)->regs[4])

#define PT_REGS_PARM6_SYSCALL(ctx) ((ctx)->regs[5])
