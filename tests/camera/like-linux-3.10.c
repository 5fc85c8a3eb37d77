/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * like-linux-3.10 COMMAND [ARGUMENT...]: runs it, and whatever it starts, on a kernel that knows no
 * more system calls than Linux 3.10: those that came later fail with ENOSYS, by a seccomp filter,
 * and O_TMPFILE is what it was then, an attempt to open a folder for writing (EISDIR).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What this kernel has and 3.10 does not; names that these headers lack, the kernel may lack, too.
 */
static const unsigned later[] = {
#ifdef SYS_getrandom
	SYS_getrandom,
#endif
#ifdef SYS_memfd_create
	SYS_memfd_create,
#endif
#ifdef SYS_renameat2
	SYS_renameat2,
#endif
#ifdef SYS_statx
	SYS_statx,
#endif
#ifdef SYS_clone3
	SYS_clone3,
#endif
#ifdef SYS_faccessat2
	SYS_faccessat2,
#endif
#ifdef SYS_openat2
	SYS_openat2,
#endif
#ifdef SYS_copy_file_range
	SYS_copy_file_range,
#endif
#ifdef SYS_execveat
	SYS_execveat,
#endif
#ifdef SYS_close_range
	SYS_close_range,
#endif
#ifdef SYS_membarrier
	SYS_membarrier,
#endif
#ifdef SYS_rseq
	SYS_rseq,
#endif
#ifdef SYS_preadv2
	SYS_preadv2,
#endif
#ifdef SYS_pwritev2
	SYS_pwritev2,
#endif
#ifdef SYS_mlock2
	SYS_mlock2,
#endif
#ifdef SYS_clock_gettime64
	SYS_clock_gettime64,
#endif
#ifdef SYS_ppoll_time64
	SYS_ppoll_time64,
#endif
#ifdef SYS_pselect6_time64
	SYS_pselect6_time64,
#endif
#ifdef SYS_utimensat_time64
	SYS_utimensat_time64,
#endif
#ifdef SYS_futex_time64
	SYS_futex_time64,
#endif
};

#define COUNT (sizeof(later) / sizeof(later[0]))

/* O_TMPFILE without O_DIRECTORY, which 3.10 knows. */
#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

#define RETURN_ERRNO(number) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (number))
#define LOAD(field)                                                                                \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, field))

/* The low half of a 64-bit argument, by the order of its bytes. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ARGUMENT(n) args[n]
#else
#error "the arguments' low halves lie elsewhere"
#endif

static struct sock_filter filter[2 * COUNT + 16];
static unsigned short len;

static void put(struct sock_filter line)
{
	filter[len++] = line;
}

/* Where the call is `number` and its flags ask for an unnamed file: EISDIR. */
static void put_open(unsigned number, unsigned argument)
{
	struct sock_filter load = LOAD(ARGUMENT(0));

	load.k += argument * (uint32_t)sizeof(uint64_t);
	put((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4));
	put(load);
	put((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, TMPFILE_BIT, 0, 1));
	put((struct sock_filter)RETURN_ERRNO(EISDIR));
	put((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

static int install(void)
{
	struct sock_fprog program;

	put((struct sock_filter)LOAD(nr));
	for (size_t at = 0; at < COUNT; at++) {
		put((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, later[at], 0, 1));
		put((struct sock_filter)RETURN_ERRNO(ENOSYS));
	}
#ifdef SYS_open
	put_open(SYS_open, 1);
#endif
	put_open(SYS_openat, 2);
	put((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	program = (struct sock_fprog){.len = len, .filter = filter};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: like-linux-3.10 COMMAND [ARGUMENT...]\n");
		return 2;
	}
	if (install() != 0) {
		fprintf(stderr, "like-linux-3.10: no filter: %s\n", strerror(errno));
		return 1;
	}
	/* A filter that does nothing would prove nothing. */
	if (syscall(later[0], NULL, 0, 0) != -1 || errno != ENOSYS ||
	    open("/tmp", O_TMPFILE | O_RDWR, 0600) != -1 || errno != EISDIR) {
		fprintf(stderr, "like-linux-3.10: the filter does not work\n");
		return 1;
	}
	execvp(argv[1], argv + 1);
	fprintf(stderr, "like-linux-3.10: %s: %s\n", argv[1], strerror(errno));
	return 1;
}
