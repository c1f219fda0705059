/** What -h prints. */
export const ONE_LINER_HELP = `Usage: bcc-ts [options] FILE.bt [parameters] [-- --name=value]
       bcc-ts [options] -e 'program' [parameters]
       bcc-ts [options] -            the program is read from stdin

Options:
  -e PROGRAM          run this program; may be repeated
  -l [PATTERN]        list probes, or kernel types: -l 'tracepoint:sched:*', -l 'struct sk_*'
  -lv [PATTERN]       with their arguments or members
  -l -p PID 'usdt:*'  list the USDT probes of a process
  -p PID              trace this process only, where a probe can
  -c COMMAND          run this command, and end with it
  -o FILE             write to a file instead of stdout
  -f text|json        how values are printed; json is one object a line
  -B line|full|none   when what is printed is written
  -q                  say nothing of attached probes and lost events
  -v                  say more: the kernel's log of refused programs
  -d c                print the C that the program becomes, and end
  -k                  warn of missing keys and of reads of memory that fail (-kk is the same)
  -I DIRECTORY        look for headers and imports there, too
  --include FILE      read this header before the program
  --unsafe            allow system(), signal() and others that change the machine
  --no-warnings       print no warnings
  --dry-run           compile and load, attach nothing
  --probe-filter RE   keep only the probes whose names match
  --test              run the test: probes and tell which fail (exit status 1)
  --bench             measure the bench: probes
  --no-feature NAMES  do without kprobe_multi (and kprobe_session, uprobe_multi, which are never used)
  --info              say what this kernel can do
  -h, -V              this help, the version

Examples:
  $ bcc-ts -e 'kprobe:do_filp_open { @[comm] = count(); }'
  $ bcc-ts -e 'tracepoint:syscalls:sys_enter_openat { printf("%s %s\\n", comm, str(args.filename)); }'
  $ bcc-ts -l '*sleep*'
  $ bcc-ts script.bt 10 -- --verbose
`;
