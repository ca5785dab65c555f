/* Stands between a process and libc (LD_PRELOAD): writes down every call that changes files under one folder, in one order, before SQLite or anybody else
 * above it can tell the difference, and makes a chosen one fail or be the process's last.
 *
 * record = u8 kind, i32 error (errno, 0 if it went well), i32 descriptor, i64 number, u32 length, u32 length, bytes, bytes; as the machine orders them
 *
 *   kind  number          first bytes   second
 *   'o'   flags           path                  open that makes or empties a file, or only opens one
 *   'c'                                         close
 *   'w'   offset          data
 *   't'   length                                ftruncate
 *   's'                                         fsync, fdatasync
 *   'r'                   path          path    rename
 *   'u'                   path                  unlink
 *   'm'                   path                  mkdir
 *   '!'                   what is not foreseen: whoever reads the record must stop
 *   'x'                   words of the process itself
 *
 * SQLite's -shm file is left out: a machine that starts again has none that counts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_DESCRIPTORS 4096
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

enum { NOTHING, KILL, KILL_HALFWAY, FAIL_ONCE, FAIL_FROM, SHORT_WRITE, FAIL_SYNC_ONCE, FAIL_OPEN_ONCE };

static char root[4096];
static size_t root_length;
static int record = -1;
static char tracked[MOST_DESCRIPTORS];
static long step, fault_at;
static int fault, fault_errno;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void put(const void *data, size_t length) {
    const char *at = data;
    ssize_t (*real)(int, const void *, size_t) = REAL(write);
    while (length) {
        ssize_t done = real(record, at, length);
        if (done <= 0) _exit(99);
        at += done;
        length -= (size_t)done;
    }
}

static void note(char kind, int error, int descriptor, int64_t number, const void *one, size_t one_length, const void *two, size_t two_length) {
    char head[25];
    int32_t error32 = error, descriptor32 = descriptor;
    uint32_t first = (uint32_t)one_length, second = (uint32_t)two_length;
    if (record < 0) return;
    head[0] = kind;
    memcpy(head + 1, &error32, 4);
    memcpy(head + 5, &descriptor32, 4);
    memcpy(head + 9, &number, 8);
    memcpy(head + 17, &first, 4);
    memcpy(head + 21, &second, 4);
    put(head, sizeof head);
    put(one, one_length);
    put(two, two_length);
}

void recorder_start(int descriptor, const char *folder) {
    strncpy(root, folder, sizeof root - 1);
    root_length = strlen(root);
    memset(tracked, 0, sizeof tracked);
    step = 0;
    fault = NOTHING;
    record = descriptor;
}

void recorder_fault(long at, int what, int error) {
    fault_at = at;
    fault = what;
    fault_errno = error;
    step = 0;
}

long recorder_steps(void) { return step; }

void recorder_say(const char *words) {
    pthread_mutex_lock(&turn);
    note('x', 0, -1, 0, words, strlen(words), "", 0);
    pthread_mutex_unlock(&turn);
}

static int is_ours(const char *path) {
    size_t length = strlen(path);
    if (record < 0 || strncmp(path, root, root_length) != 0 || (path[root_length] != '/' && path[root_length] != 0)) return 0;
    return !(length > 4 && strcmp(path + length - 4, "-shm") == 0);
}

static int is_tracked(int descriptor) { return record >= 0 && descriptor >= 0 && descriptor < MOST_DESCRIPTORS && tracked[descriptor]; }

/* Called with the turn held, before the step is taken. The error with which it fails instead, or 0. */
static int strike(char kind) {
    long now = step++;
    switch (fault) {
    case KILL:
        if (now == fault_at) raise(SIGKILL);
        return 0;
    case KILL_HALFWAY:
        if (now == fault_at && kind != 'w') raise(SIGKILL);
        return 0;
    case FAIL_ONCE:
        return now == fault_at ? fault_errno : 0;
    case FAIL_FROM:
        return now >= fault_at && kind != 'u' && kind != 's' ? fault_errno : 0;
    case FAIL_SYNC_ONCE:
        if (now >= fault_at && kind == 's') {
            fault = NOTHING;
            return fault_errno;
        }
        return 0;
    default:
        return 0;
    }
}

static int half(char kind, size_t length) {
    return kind == 'w' && length > 1 && step - 1 == fault_at && (fault == KILL_HALFWAY || fault == SHORT_WRITE);
}

static int opened(int descriptor, const char *path, int flags) {
    if (descriptor >= 0 && descriptor < MOST_DESCRIPTORS) tracked[descriptor] = 1;
    else if (descriptor >= 0) note('!', 0, 0, 0, "too many descriptors", 20, "", 0);
    note('o', descriptor < 0 ? errno : 0, descriptor, flags, path, strlen(path), "", 0);
    return descriptor;
}

static int open_any(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
    int result, kept, error = 0;
    if (!is_ours(path)) return real(path, flags, mode);
    pthread_mutex_lock(&turn);
    if ((flags & O_CREAT && access(path, F_OK) != 0) || flags & O_TRUNC) error = strike('o');
    if (fault == FAIL_OPEN_ONCE && step >= fault_at) {
        fault = NOTHING;
        error = fault_errno;
    }
    if (error) {
        errno = error;
        note('o', error, -1, flags, path, strlen(path), "", 0);
        result = -1;
    } else {
        result = opened(real(path, flags, mode), path, flags);
    }
    kept = errno;
    pthread_mutex_unlock(&turn);
    errno = kept;
    return result;
}

#define MODE_OF(flags, mode)                  \
    mode_t mode = 0;                          \
    if ((flags) & (O_CREAT | O_TMPFILE)) {    \
        va_list rest;                         \
        va_start(rest, flags);                \
        mode = (mode_t)va_arg(rest, int);     \
        va_end(rest);                         \
    }

int open(const char *path, int flags, ...) { MODE_OF(flags, mode) return open_any(REAL(open), path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_OF(flags, mode) return open_any(REAL(open64), path, flags, mode); }

static void unforeseen(const char *what, const char *path) {
    if (is_ours(path)) note('!', 0, 0, 0, what, strlen(what), path, strlen(path));
}

int openat(int folder, const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    if (flags & (O_CREAT | O_WRONLY | O_RDWR)) unforeseen("openat", path);
    return REAL(openat)(folder, path, flags, mode);
}
int openat64(int folder, const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    if (flags & (O_CREAT | O_WRONLY | O_RDWR)) unforeseen("openat64", path);
    return REAL(openat64)(folder, path, flags, mode);
}
FILE *fopen(const char *path, const char *mode) { unforeseen("fopen", path); return REAL(fopen)(path, mode); }
FILE *fopen64(const char *path, const char *mode) { unforeseen("fopen64", path); return REAL(fopen64)(path, mode); }
int creat(const char *path, mode_t mode) { unforeseen("creat", path); return REAL(creat)(path, mode); }
int truncate(const char *path, off_t length) { unforeseen("truncate", path); return REAL(truncate)(path, length); }
int link(const char *from, const char *to) { unforeseen("link", to); return REAL(link)(from, to); }
int symlink(const char *from, const char *to) { unforeseen("symlink", to); return REAL(symlink)(from, to); }
int rmdir(const char *path) { unforeseen("rmdir", path); return REAL(rmdir)(path); }

int close(int descriptor) {
    int (*real)(int) = REAL(close);
    if (is_tracked(descriptor)) {
        pthread_mutex_lock(&turn);
        tracked[descriptor] = 0;
        note('c', 0, descriptor, 0, "", 0, "", 0);
        pthread_mutex_unlock(&turn);
    }
    return real(descriptor);
}

static ssize_t write_at(int descriptor, const void *data, size_t length, off_t offset, int moves) {
    ssize_t (*by_offset)(int, const void *, size_t, off_t) = REAL(pwrite);
    ssize_t (*along)(int, const void *, size_t) = REAL(write);
    ssize_t done;
    int error, kept;
    pthread_mutex_lock(&turn);
    error = strike('w');
    if (error) {
        note('w', error, descriptor, offset, "", 0, "", 0);
        pthread_mutex_unlock(&turn);
        errno = error;
        return -1;
    }
    if (half('w', length)) length /= 2;
    done = moves ? along(descriptor, data, length) : by_offset(descriptor, data, length, offset);
    kept = errno;
    note('w', done < 0 ? kept : 0, descriptor, offset, data, done < 0 ? 0 : (size_t)done, "", 0);
    if (fault == KILL_HALFWAY && step - 1 == fault_at) raise(SIGKILL);
    pthread_mutex_unlock(&turn);
    errno = kept;
    return done;
}

ssize_t write(int descriptor, const void *data, size_t length) {
    if (!is_tracked(descriptor)) return REAL(write)(descriptor, data, length);
    off_t offset = fcntl(descriptor, F_GETFL) & O_APPEND ? lseek(descriptor, 0, SEEK_END) : lseek(descriptor, 0, SEEK_CUR);
    return write_at(descriptor, data, length, offset, 1);
}
ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset) {
    return is_tracked(descriptor) ? write_at(descriptor, data, length, offset, 0) : REAL(pwrite)(descriptor, data, length, offset);
}
ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset) {
    return is_tracked(descriptor) ? write_at(descriptor, data, length, offset, 0) : REAL(pwrite64)(descriptor, data, length, offset);
}

static void unforeseen_on(const char *what, int descriptor) {
    if (is_tracked(descriptor)) note('!', 0, descriptor, 0, what, strlen(what), "", 0);
}
struct iovec;
ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    unforeseen_on("writev", descriptor);
    return ((ssize_t(*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev"))(descriptor, parts, count);
}
int fallocate(int descriptor, int mode, off_t offset, off_t length) {
    unforeseen_on("fallocate", descriptor);
    return REAL(fallocate)(descriptor, mode, offset, length);
}
int posix_fallocate(int descriptor, off_t offset, off_t length) {
    unforeseen_on("posix_fallocate", descriptor);
    return REAL(posix_fallocate)(descriptor, offset, length);
}
void *mmap(void *at, size_t length, int protection, int flags, int descriptor, off_t offset) {
    if (flags & MAP_SHARED && protection & PROT_WRITE) unforeseen_on("mmap", descriptor);
    return REAL(mmap)(at, length, protection, flags, descriptor, offset);
}
void *mmap64(void *at, size_t length, int protection, int flags, int descriptor, off64_t offset) {
    if (flags & MAP_SHARED && protection & PROT_WRITE) unforeseen_on("mmap64", descriptor);
    return REAL(mmap64)(at, length, protection, flags, descriptor, offset);
}

/* The calls that need nothing but an order: strike, do, note. */
#define IN_TURN(kind, call, descriptor, number, one, two)                              \
    int result, kept;                                                                  \
    pthread_mutex_lock(&turn);                                                         \
    kept = strike(kind);                                                               \
    result = kept ? -1 : (call);                                                       \
    if (!kept && result < 0) kept = errno;                                             \
    note(kind, result < 0 ? kept : 0, descriptor, number, one, strlen(one), two, strlen(two)); \
    pthread_mutex_unlock(&turn);                                                       \
    errno = kept;                                                                      \
    return result;

static int truncate_any(int (*real)(int, off_t), int descriptor, off_t length) {
    if (!is_tracked(descriptor)) return real(descriptor, length);
    IN_TURN('t', real(descriptor, length), descriptor, length, "", "")
}
int ftruncate(int descriptor, off_t length) { return truncate_any(REAL(ftruncate), descriptor, length); }
int ftruncate64(int descriptor, off64_t length) { return truncate_any(REAL(ftruncate64), descriptor, length); }

/* The real sync is only slow: what it keeps, whoever reads the record knows. */
static int sync_tracked(int descriptor) { IN_TURN('s', 0, descriptor, 0, "", "") }
int fsync(int descriptor) { return is_tracked(descriptor) ? sync_tracked(descriptor) : REAL(fsync)(descriptor); }
int fdatasync(int descriptor) { return is_tracked(descriptor) ? sync_tracked(descriptor) : REAL(fdatasync)(descriptor); }

int rename(const char *from, const char *to) {
    if (!is_ours(from) && !is_ours(to)) return REAL(rename)(from, to);
    IN_TURN('r', REAL(rename)(from, to), -1, 0, from, to)
}
int unlink(const char *path) {
    if (!is_ours(path)) return REAL(unlink)(path);
    IN_TURN('u', REAL(unlink)(path), -1, 0, path, "")
}
int mkdir(const char *path, mode_t mode) {
    if (!is_ours(path)) return REAL(mkdir)(path, mode);
    IN_TURN('m', REAL(mkdir)(path, mode), -1, 0, path, "")
}
