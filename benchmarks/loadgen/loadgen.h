/* A crowd on WebSockets: sends poses on time, reads what comes, and counts who was shown to whom.
 *
 * The plan (made by carrel.server.bench.plan) says who connects with which bytes and where everybody stands at each step; nothing is decided here.
 * Everything is little-endian, as the machines this runs on are.
 */
#ifndef LOADGEN_H
#define LOADGEN_H

#include <stddef.h>
#include <stdint.h>

enum dialect { CARREL = 1, TICK = 2, RELAY = 3, COLYSEUS = 4 };
enum { WINDOW_US = 1000000, SENT_RING = 256, AGE_BUCKET_US = 100, AGE_BUCKETS = 50000, LAG_BUCKET_US = 10, LAG_BUCKETS = 100000 };
enum { PLAN_MAGIC = 0x31474c43, UNKNOWN = 0xffff };

struct text { const uint8_t *bytes; uint32_t size; };

struct person {
    uint16_t slot;
    uint8_t headset;   /* sends and costs two hands more */
    uint8_t stalled;   /* stops reading once it is in the room */
    struct text upgrade, first, library;   /* HTTP requests that open the channels, and the first message in the room */
};

struct plan {
    uint32_t dialect, people, steps, interval_us, warm_steps, windows, at_once;
    struct person *person;
    const int16_t (*path)[3];   /* [steps][people], head position in codec steps */
};

/* Reads and checks a plan; prints a sentence and exits when it is not one. */
struct plan plan_load(const char *path);

/* --- websocket.c: RFC 6455 from the client's side --- */

enum { OP_TEXT = 1, OP_BINARY = 2, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };

/* One masked message; `out` has room for size + 14. Returns its whole length. */
size_t ws_write(uint8_t *out, int op, const void *payload, size_t size);

/* One whole unfragmented message at `in`: its length, or 0 when more bytes are needed. */
size_t ws_read(const uint8_t *in, size_t size, int *op, const uint8_t **payload, size_t *payload_size);

/* --- tally.c: what was shown to whom, how old --- */

enum tier { FULL, PART, CRUMB };

void tally_begin(const struct plan *plan);
void tally_measure(uint64_t now_us);
void tally_window(unsigned window);
void tally_sent(unsigned sender, uint8_t sequence, uint64_t now_us);
void tally_lag(uint64_t lag_us);
void tally_bytes(unsigned reader, size_t bytes);
/* A record of `sender` (index, or UNKNOWN) reached `reader`. `sequence` is not used for crumbs. */
void tally_seen(unsigned reader, unsigned sender, enum tier tier, uint8_t sequence, uint64_t now_us);
void tally_write(const char *path);
void tally_print(uint64_t now_us);
extern int measuring;
extern uint64_t frames_read, messages_odd, poses_unsent, hung_up;

/* --- dialects.c: how each server speaks --- */

extern int settled;   /* everybody is in the room */
void dialect_begin(const struct plan *plan);
void dialect_measure(void);
/* The upward message of a pose, masked and ready; returns its length. `out` has 256 bytes. */
size_t dialect_pose(unsigned person, uint32_t step, uint8_t sequence, uint8_t *out);
/* A message in the room. */
void dialect_read(unsigned reader, int op, const uint8_t *payload, size_t size, uint64_t now_us);

#endif
