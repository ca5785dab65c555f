/* loadgen HOST-ADDRESS PORT PLAN TALLY
 *
 * Says on standard output `ready` when everybody is in, `measure` when the measured time begins, `done` when it ends, then one line of JSON; writes the tally.
 * A line on standard input is waited for after `ready`, so that the caller chooses when the poses begin.
 */
#define _GNU_SOURCE
#include "loadgen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum state { CLOSED, CONNECTING, SHAKING, GREETING, OPEN };
enum { EVENTS = 256, READ_BYTES = 65536, ENTRY_US = 60000000 };

struct channel {
    int fd;
    enum state state;
    uint32_t person;
    int library;
    uint8_t *in;
    size_t size, room;
    uint8_t out[1024];   /* what did not go out at once */
    size_t waiting;
};

static struct plan plan;
static struct channel *channels;
static uint32_t channel_count, opened, under_way, next_to_open;
static struct sockaddr_in address;
static int poll_fd;
static uint8_t *sequences;

static uint64_t now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void give_up(const char *what, const struct channel *channel, const void *said, size_t size) {
    fprintf(stderr, "loadgen: %s (person %u, %s channel): %.*s\n", what, channel->person, channel->library ? "library" : "room", (int)(size < 400 ? size : 400),
            (const char *)said);
    exit(3);
}

static void watch(struct channel *channel, int how, uint32_t events) {
    struct epoll_event event = {events, {.ptr = channel}};
    epoll_ctl(poll_fd, how, channel->fd, &event);
}

/* Sends what it can and keeps the rest. False when nothing may be added now. */
static int push(struct channel *channel, const void *bytes, size_t size) {
    if (channel->waiting) {
        if (channel->waiting + size > sizeof channel->out) return 0;
        memcpy(channel->out + channel->waiting, bytes, size);
        channel->waiting += size;
        return 1;
    }
    ssize_t gone = send(channel->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (gone < 0) {
        if (errno != EAGAIN) return 0;
        gone = 0;
    }
    size_t left = size - (size_t)gone;
    if (!left) return 1;
    if (left > sizeof channel->out) give_up("the first words do not fit", channel, "", 0);
    memcpy(channel->out, (const uint8_t *)bytes + gone, left);
    channel->waiting = left;
    watch(channel, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    return 1;
}

static void flush(struct channel *channel) {
    ssize_t gone = send(channel->fd, channel->out, channel->waiting, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (gone <= 0) return;
    channel->waiting -= (size_t)gone;
    memmove(channel->out, channel->out + gone, channel->waiting);
    if (!channel->waiting) watch(channel, EPOLL_CTL_MOD, EPOLLIN);
}

static void say(struct channel *channel, int op, const void *bytes, size_t size) {
    uint8_t message[2048];
    if (size > sizeof message - 14 || !push(channel, message, ws_write(message, op, bytes, size))) give_up("cannot send", channel, "", 0);
}

/* --- opening --- */

static void open_next(void) {
    while (under_way < plan.at_once && next_to_open < channel_count) {
        struct channel *channel = channels + next_to_open++;
        int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        channel->fd = fd;
        if (fd < 0) give_up("no socket", channel, strerror(errno), 100);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (connect(fd, (void *)&address, sizeof address) && errno != EINPROGRESS) give_up("cannot connect", channel, strerror(errno), 100);
        channel->state = CONNECTING;
        channel->room = 8192;
        channel->in = malloc(channel->room);
        watch(channel, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
        under_way++;
    }
}

static void now_open(struct channel *channel) {
    channel->state = OPEN;
    opened++;
    under_way--;
    if (!channel->library && plan.person[channel->person].stalled) watch(channel, EPOLL_CTL_MOD, 0);
    open_next();
}

static void connected(struct channel *channel) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(channel->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) give_up("cannot connect", channel, strerror(error), strlen(strerror(error)));
    const struct person *person = plan.person + channel->person;
    const struct text *upgrade = channel->library ? &person->library : &person->upgrade;
    channel->state = SHAKING;
    watch(channel, EPOLL_CTL_MOD, EPOLLIN);
    if (!push(channel, upgrade->bytes, upgrade->size)) give_up("cannot send", channel, "", 0);
}

static void shaken(struct channel *channel) {
    const struct person *person = plan.person + channel->person;
    uint8_t *end = memmem(channel->in, channel->size, "\r\n\r\n", 4);
    if (!end) return;
    if (channel->size < 12 || memcmp(channel->in + 9, "101", 3)) give_up("no WebSocket", channel, channel->in, channel->size);
    channel->size -= (size_t)(end + 4 - channel->in);
    memmove(channel->in, end + 4, channel->size);
    channel->state = GREETING;
    if (channel->library || plan.dialect == RELAY || plan.dialect == COLYSEUS) return;   /* these servers speak first */
    if (person->first.size) say(channel, OP_BINARY, person->first.bytes, person->first.size);
    else now_open(channel);
}

static int engine_io(struct channel *channel, const uint8_t *words, size_t size) {
    if (size && words[0] == '2') say(channel, OP_TEXT, "3", 1);
    else if (size && words[0] == '0') say(channel, OP_TEXT, "40", 2);
    else if (size > 1 && !memcmp(words, "40", 2)) return 1;
    else if (size > 1 && !memcmp(words, "44", 2)) give_up("the server refuses", channel, words, size);
    return 0;
}

static void greeted(struct channel *channel, int op, const uint8_t *words, size_t size) {
    if (op == OP_TEXT && (channel->library || plan.dialect == RELAY)) {
        if (engine_io(channel, words, size)) now_open(channel);
    } else if (plan.dialect == COLYSEUS && size && words[0] == 10) {   /* JOIN_ROOM, to be confirmed */
        say(channel, OP_BINARY, "\n", 1);
        now_open(channel);
    } else if (plan.dialect == CARREL && size && words[0] == 0x82) {
        if (!memmem(words, size, "welcome", 7)) give_up("the server refuses", channel, words, size);
        now_open(channel);
    }
}

/* --- reading --- */

static void lost(struct channel *channel) {
    if (channel->state != OPEN) give_up("the server closed", channel, channel->in, channel->size);
    if (!plan.person[channel->person].stalled) hung_up++;
    channel->state = CLOSED;
    close(channel->fd);
}

static void heard(struct channel *channel, int op, const uint8_t *words, size_t size, uint64_t now) {
    if (op == OP_PING) {
        if (size <= 125) say(channel, OP_PONG, words, size);
    } else if (op == OP_CLOSE) {
        lost(channel);
    } else if (channel->state == GREETING) {
        greeted(channel, op, words, size);
    } else if (channel->library) {
        engine_io(channel, words, size);
    } else {
        if (op == OP_TEXT) engine_io(channel, words, size < 2 ? size : 0);
        dialect_read(channel->person, op, words, size, now);
    }
}

static void readable(struct channel *channel) {
    for (int turn = 0; turn < 8; turn++) {
        if (channel->room - channel->size < 4096) channel->in = realloc(channel->in, channel->room *= 2);
        ssize_t got = recv(channel->fd, channel->in + channel->size, channel->room - channel->size, MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            lost(channel);
            return;
        }
        int drained = (size_t)got < channel->room - channel->size;
        channel->size += (size_t)got;
        if (channel->state == SHAKING) shaken(channel);
        if (channel->state < GREETING) return;
        uint64_t now = now_us();
        size_t at = 0, taken, size;
        const uint8_t *words;
        int op;
        while ((taken = ws_read(channel->in + at, channel->size - at, &op, &words, &size))) {
            heard(channel, op, words, size, now);
            if (channel->state == CLOSED) return;
            at += taken;
        }
        channel->size -= at;
        memmove(channel->in, channel->in + at, channel->size);
        if (drained) return;
    }
}

static void poll_once(int wait_ms) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(poll_fd, events, EVENTS, wait_ms);
    for (int i = 0; i < count; i++) {
        struct channel *channel = events[i].data.ptr;
        if (channel->state == CLOSED) continue;
        if (channel->state == CONNECTING) connected(channel);
        else if (channel->state == OPEN && !channel->library && plan.person[channel->person].stalled && events[i].events & (EPOLLHUP | EPOLLERR)) lost(channel);
        else {
            if (events[i].events & EPOLLOUT && channel->waiting) flush(channel);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(channel);
        }
    }
}

/* --- sending --- */

static void send_pose(uint32_t person, uint32_t step, uint64_t now) {
    uint8_t message[256];
    struct channel *channel = channels + person;
    size_t size = dialect_pose(person, step, ++sequences[person], message);
    tally_sent(person, sequences[person], now);
    if (channel->state != OPEN || channel->waiting || !push(channel, message, size)) poses_unsent += (uint64_t)measuring;
}

int main(int count, char **words) {
    if (count != 5) {
        fprintf(stderr, "usage: loadgen HOST-ADDRESS PORT PLAN TALLY\n");
        return 2;
    }
    plan = plan_load(words[3]);
    address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(words[2]))};
    if (inet_pton(AF_INET, words[1], &address.sin_addr) != 1) return 2;
    struct rlimit files = {0};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    channels = calloc(2u * plan.people, sizeof *channels);
    sequences = calloc(plan.people, 1);
    for (uint32_t i = 0; i < plan.people; i++) channels[channel_count++].person = i;
    for (uint32_t i = 0; i < plan.people; i++)
        if (plan.person[i].library.size) channels[channel_count++] = (struct channel){.person = i, .library = 1};
    dialect_begin(&plan);
    tally_begin(&plan);

    uint64_t began = now_us();
    open_next();
    while (opened < channel_count) {
        poll_once(100);
        if (now_us() - began > ENTRY_US) give_up("not everybody could enter in time", channels, "", 0);
    }
    settled = 1;
    printf("ready\n");
    fflush(stdout);
    struct epoll_event input = {EPOLLIN, {.ptr = &(struct channel){.state = CLOSED}}};
    for (epoll_ctl(poll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &input);;) {
        struct timeval none = {0};
        fd_set set;
        FD_ZERO(&set);
        FD_SET(STDIN_FILENO, &set);
        if (select(STDIN_FILENO + 1, &set, NULL, NULL, &none) > 0) break;
        poll_once(50);
    }
    epoll_ctl(poll_fd, EPOLL_CTL_DEL, STDIN_FILENO, NULL);

    uint64_t start = now_us() + 2000, measure_at = start + (uint64_t)plan.warm_steps * plan.interval_us;
    uint64_t end = measure_at + (uint64_t)plan.windows * WINDOW_US, total = (uint64_t)plan.steps * plan.people, due = 0;
    for (;;) {
        uint64_t now = now_us();
        if (!measuring && now >= measure_at) {
            dialect_measure();
            tally_measure(measure_at);
            printf("measure\n");
            fflush(stdout);
        }
        if (now >= end) break;
        if (measuring) tally_window((unsigned)((now - measure_at) / WINDOW_US));
        for (int batch = 0; batch < 64 && due < total; batch++, due++) {
            uint64_t time = start + due / plan.people * plan.interval_us + due % plan.people * plan.interval_us / plan.people;
            if (time > now) break;
            tally_lag(now - time);
            send_pose((uint32_t)(due % plan.people), (uint32_t)(due / plan.people), now);
        }
        poll_once(1);
    }
    measuring = 0;
    printf("done\n");
    tally_print(end);
    tally_write(words[4]);
    return 0;
}
