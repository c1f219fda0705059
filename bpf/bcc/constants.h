#define PAGE_SHIFT 12

#define PAGE_SIZE (1UL << PAGE_SHIFT)

#define AF_UNSPEC 0

#define AF_UNIX 1

#define AF_INET 2

#define AF_INET6 10

#define AF_NETLINK 16

#define AF_PACKET 17

#define ETH_P_IP 0x0800

#define ETH_P_ARP 0x0806

#define ETH_P_8021Q 0x8100

#define ETH_P_8021AD 0x88A8

#define ETH_P_IPV6 0x86DD

#define ETH_ALEN 6

#define ETH_HLEN 14

#define IFNAMSIZ 16

#define DISK_NAME_LEN 32

#define NAME_MAX 255

#define PATH_MAX 4096

#define TASK_COMM_LEN 16

#define TASK_RUNNING 0

#define TASK_INTERRUPTIBLE 1

#define TASK_UNINTERRUPTIBLE 2

#define PF_KTHREAD 0x00200000

#define NSEC_PER_SEC 1000000000L

#define NSEC_PER_MSEC 1000000L

#define NSEC_PER_USEC 1000L

#define USEC_PER_SEC 1000000L

#define MSEC_PER_SEC 1000L

#define EPERM 1

#define ENOENT 2

#define EINTR 4

#define EIO 5

#define EAGAIN 11

#define ENOMEM 12

#define EACCES 13

#define EFAULT 14

#define EEXIST 17

#define EINVAL 22

#define EPROTONOSUPPORT 93

#define EINPROGRESS 115

#define O_WRONLY 00000001

#define O_RDWR 00000002

#define O_CREAT 00000100

#define O_TMPFILE 020200000

#define FMODE_CREATED 0x100000

#define S_IFMT 00170000

#define S_IFREG 0100000

#define S_IFDIR 0040000

#define S_IFSOCK 0140000

#define S_ISREG(mode) (((mode) & S_IFMT) == S_IFREG)

#define S_ISDIR(mode) (((mode) & S_IFMT) == S_IFDIR)

#define S_ISSOCK(mode) (((mode) & S_IFMT) == S_IFSOCK)

#define SCM_RIGHTS 1

#define READ 0

#define WRITE 1

#define REQ_OP_MASK ((1 << REQ_OP_BITS) - 1)

#define REQ_OP_BITS 8

#define TC_ACT_OK 0

#define TC_ACT_SHOT 2

/* with <net/sock.h> */
#define sk_family __sk_common.skc_family

/* with <net/sock.h> */
#define sk_state __sk_common.skc_state

/* with <net/sock.h> */
#define sk_daddr __sk_common.skc_daddr

/* with <net/sock.h> */
#define sk_rcv_saddr __sk_common.skc_rcv_saddr

/* with <net/sock.h> */
#define sk_dport __sk_common.skc_dport

/* with <net/sock.h> */
#define sk_num __sk_common.skc_num

/* with <net/sock.h> */
#define sk_net __sk_common.skc_net

/* with <net/sock.h> */
#define sk_v6_daddr __sk_common.skc_v6_daddr

/* with <net/sock.h> */
#define sk_v6_rcv_saddr __sk_common.skc_v6_rcv_saddr

/* with <net/inet_sock.h> */
#define inet_daddr sk.__sk_common.skc_daddr

/* with <net/inet_sock.h> */
#define inet_rcv_saddr sk.__sk_common.skc_rcv_saddr

/* with <net/inet_sock.h> */
#define inet_dport sk.__sk_common.skc_dport

/* with <net/inet_sock.h> */
#define inet_num sk.__sk_common.skc_num

/* with <linux/in6.h> */
#define s6_addr in6_u.u6_addr8

/* with <linux/in6.h> */
#define s6_addr16 in6_u.u6_addr16

/* with <linux/in6.h> */
#define s6_addr32 in6_u.u6_addr32

/* with <net/tcp.h> */
#define TCP_SKB_CB(skb) ((struct tcp_skb_cb *)&((skb)->cb[0]))

#define DNAME_INLINE_LEN sizeof(((struct dentry *)0)->d_iname)

/* without dentry.d_iname */
#define d_iname d_shortname.string

/* with <linux/security.h> */
#define CAP_OPT_NONE 0x0

/* with <linux/security.h> */
#define CAP_OPT_NOAUDIT 0x2

/* with <linux/security.h> */
#define CAP_OPT_INSETID 0x4
