/* floor PORT: the least that a server can do. Poses in, one pre-built frame a tick out to everybody, nothing checked, nobody known by name.
 *
 * It speaks Carrel's frame layout with two sections (desktop 14 bytes, headset 34) and believes the slot in `?slot=`.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { SLOTS = 4096, TICK_NS = 50000000, HEADER = 20, WS_HEADER = 10, DESKTOP = 14, HEADSET = 34, EVENTS = 512, READ_BYTES = 4096 };

struct reader {
    int fd, open, index;
    uint16_t slot;
    uint8_t in[READ_BYTES];
    size_t size;
    uint8_t *rest;   /* what of a frame has not gone out; until it has, frames are left out */
    size_t rest_at, rest_size;
};

static struct reader *readers[SLOTS];
static int reader_count, poll_fd;
static uint8_t records[SLOTS][HEADSET], sizes[SLOTS];
static uint8_t frame[WS_HEADER + HEADER + 8 + SLOTS * HEADSET];
static const char ACCEPTED[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static const char PLAIN[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

static void watch(struct reader *reader, int how, uint32_t events) {
    struct epoll_event event = {events, {.ptr = reader}};
    epoll_ctl(poll_fd, how, reader->fd, &event);
}

static void gone(struct reader *reader) {
    close(reader->fd);
    if (reader->open) {
        readers[reader->index] = readers[--reader_count];
        readers[reader->index]->index = reader->index;
    }
    free(reader->rest);
    free(reader);
}

static uint8_t *section(uint8_t *at, uint8_t kind, uint8_t size) {
    uint8_t *head = at;
    uint16_t count = 0;
    at += 4;
    for (int slot = 0; slot < SLOTS; slot++)
        if (sizes[slot] == size) {
            memcpy(at, records[slot], size);
            at += size;
            sizes[slot] = 0;
            count++;
        }
    head[0] = kind;
    head[1] = 0;
    memcpy(head + 2, &count, 2);
    return at;
}

static void tick(uint32_t number) {
    uint8_t *body = frame + WS_HEADER, *at, *head;
    uint32_t ms = number * (TICK_NS / 1000000);
    memset(body, 0, HEADER);
    body[0] = 0x81;
    body[2] = 2;
    memcpy(body + 4, &number, 4);
    memcpy(body + 8, &ms, 4);
    at = section(section(body + HEADER, 1, DESKTOP), 2, HEADSET);
    uint64_t length = (uint64_t)(at - body);
    if (length < 65536) {
        head = body - 4;
        head[1] = 126;
        head[2] = (uint8_t)(length >> 8);
        head[3] = (uint8_t)length;
    } else {
        head = body - 10;
        head[1] = 127;
        for (int i = 0; i < 8; i++) head[2 + i] = (uint8_t)(length >> (56 - 8 * i));
    }
    head[0] = 0x82;
    size_t size = (size_t)(at - head);
    for (int i = 0; i < reader_count; i++) {
        struct reader *reader = readers[i];
        if (reader->rest) continue;
        ssize_t sent = send(reader->fd, head, size, MSG_NOSIGNAL);
        if (sent < 0) sent = errno == EAGAIN ? 0 : (ssize_t)size;
        if ((size_t)sent == size) continue;
        reader->rest_at = 0;
        reader->rest_size = size - (size_t)sent;
        reader->rest = malloc(reader->rest_size);
        memcpy(reader->rest, head + sent, reader->rest_size);
        watch(reader, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
}

static void drain(struct reader *reader) {
    ssize_t sent = send(reader->fd, reader->rest + reader->rest_at, reader->rest_size - reader->rest_at, MSG_NOSIGNAL);
    if (sent > 0) reader->rest_at += (size_t)sent;
    if (reader->rest_at < reader->rest_size) return;
    free(reader->rest);
    reader->rest = NULL;
    watch(reader, EPOLL_CTL_MOD, EPOLLIN);
}

static int begin(struct reader *reader) {
    char *slot = memmem(reader->in, reader->size, "slot=", 5);
    if (!memmem(reader->in, reader->size, "\r\n\r\n", 4)) return reader->size < READ_BYTES;
    if (!slot || reader_count == SLOTS) {
        send(reader->fd, PLAIN, sizeof PLAIN - 1, MSG_NOSIGNAL);
        return 0;
    }
    reader->slot = (uint16_t)(atoi(slot + 5) % SLOTS);
    reader->size = 0;
    reader->open = 1;
    reader->index = reader_count;
    readers[reader_count++] = reader;
    return send(reader->fd, ACCEPTED, sizeof ACCEPTED - 1, MSG_NOSIGNAL) > 0;
}

static int hear(struct reader *reader) {
    ssize_t got = recv(reader->fd, reader->in + reader->size, READ_BYTES - reader->size, 0);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    reader->size += (size_t)got;
    if (!reader->open) return begin(reader);
    size_t at = 0;
    while (reader->size - at >= 6) {
        uint8_t *message = reader->in + at, *mask = message + 2, *body = message + 6;
        size_t length = message[1] & 127;
        if (length > 125 || (message[0] & 15) == 8) return 0;
        if (reader->size - at < 6 + length) break;
        if (length == DESKTOP - 1 || length == HEADSET - 1) {
            uint8_t *record = records[reader->slot];
            memcpy(record, &reader->slot, 2);
            for (size_t i = 1; i < length; i++) record[i + 1] = body[i] ^ mask[i & 3];
            sizes[reader->slot] = (uint8_t)(length + 1);
        }
        at += 6 + length;
    }
    reader->size -= at;
    memmove(reader->in, reader->in + at, reader->size);
    return 1;
}

static void welcome(int door) {
    int fd, one = 1;
    while ((fd = accept4(door, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct reader *reader = calloc(1, sizeof *reader);
        reader->fd = fd;
        watch(reader, EPOLL_CTL_ADD, EPOLLIN);
    }
}

int main(int count, char **words) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(count > 1 ? atoi(words[1]) : 0)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct itimerspec every = {{0, TICK_NS}, {0, TICK_NS}};
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int one = 1, door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(door, (void *)&address, sizeof address) || listen(door, 1024)) {
        perror("floor");
        return 1;
    }
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event of_door = {EPOLLIN, {.ptr = &door}}, of_timer = {EPOLLIN, {.ptr = &timer}}, events[EVENTS];
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, door, &of_door);
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, timer, &of_timer);
    timerfd_settime(timer, 0, &every, NULL);
    for (uint32_t number = 0;;) {
        int ready = epoll_wait(poll_fd, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            uint64_t times;
            if (events[i].data.ptr == &door) welcome(door);
            else if (events[i].data.ptr == &timer) {
                if (read(timer, &times, sizeof times) > 0) tick(++number);
            } else {
                struct reader *reader = events[i].data.ptr;
                if (events[i].events & EPOLLOUT && reader->rest) drain(reader);
                if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) && !hear(reader)) gone(reader);
            }
        }
    }
}
