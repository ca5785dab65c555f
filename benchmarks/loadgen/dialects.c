#define _GNU_SOURCE
#include "loadgen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UP_POSE = 0x01, DOWN_FRAME = 0x81, FRAME_HEADER = 20, SECTION_HEADER = 4, FLAG_HANDS = 7, FLAG_JUMP = 16 };
enum { COLYSEUS_PATCH = 15, COLYSEUS_BYTES = 17, SWITCH_STRUCTURE = 255, REFS = 65536 };

static const struct plan *plan;
static uint16_t index_of[65536];   /* slot, or Colyseus's refId, to the person's index */
static uint8_t ref_moves[REFS];
int settled;

void dialect_begin(const struct plan *given) {
    plan = given;
    memset(index_of, 0xff, sizeof index_of);
    if (plan->dialect != COLYSEUS)
        for (uint32_t i = 0; i < plan->people; i++) index_of[plan->person[i].slot] = (uint16_t)i;
}

/* Colyseus numbers its Players as they join, and we join one after the other: the ranks of the numbers that move are the persons. */
void dialect_measure(void) {
    unsigned known = 0;
    for (unsigned ref = 0; plan->dialect == COLYSEUS && ref < REFS; ref++)
        if (ref_moves[ref] && known < plan->people) index_of[ref] = (uint16_t)known++;
}

/* --- up --- */

/* A record from `flags` on: the head on its path, hands beside it. */
static size_t record(unsigned person, uint32_t step, uint8_t sequence, uint8_t *out) {
    const int16_t *head = plan->path[(size_t)step * plan->people + person];
    int headset = plan->person[person].headset;
    uint32_t rotation = 3u << 30 | 511u << 20 | (step * 7 & 1023) << 10 | 511u;   /* turning slowly */
    int16_t hands[2][3] = {{-2000, -5000, -3000}, {2000, (int16_t)(-5000 + (step * 40 & 1023)), -3000}};
    size_t size = 12;
    out[0] = (uint8_t)((headset ? FLAG_HANDS : 0) | (step ? 0 : FLAG_JUMP));
    out[1] = sequence;
    memcpy(out + 2, head, 6);
    memcpy(out + 8, &rotation, 4);
    for (int hand = 0; headset && hand < 2; hand++, size += 10) {
        memcpy(out + size, hands[hand], 6);
        memcpy(out + size + 6, &rotation, 4);
    }
    return size;
}

static size_t relay_event(unsigned person, const uint8_t *record, size_t size, uint8_t *out) {
    int16_t v[16];
    uint32_t turn[3];
    int n;
    memcpy(v, record + 2, 6);
    memcpy(turn, record + 8, 4);
    n = sprintf((char *)out, "42[\"pose\",[%u,%u,%u,%d,%d,%d,%u", plan->person[person].slot, record[1], record[0], v[0], v[1], v[2], turn[0]);
    for (size_t at = 12; at < size; at += 10) {
        memcpy(v, record + at, 6);
        memcpy(turn, record + at + 6, 4);
        n += sprintf((char *)out + n, ",%d,%d,%d,%u", v[0], v[1], v[2], turn[0]);
    }
    return (size_t)n + (size_t)sprintf((char *)out + n, "]]");
}

size_t dialect_pose(unsigned person, uint32_t step, uint8_t sequence, uint8_t *out) {
    uint8_t message[200], text[200];
    size_t size;
    switch (plan->dialect) {
    case RELAY:
        size = record(person, step, sequence, message);
        return ws_write(out, OP_TEXT, text, relay_event(person, message, size, text));
    case COLYSEUS:   /* room.sendBytes("p", record) */
        memcpy(message, (uint8_t[]){COLYSEUS_BYTES, 0xa1, 'p'}, 3);
        return ws_write(out, OP_BINARY, message, 3 + record(person, step, sequence, message + 3));
    default:
        message[0] = UP_POSE;
        return ws_write(out, OP_BINARY, message, 1 + record(person, step, sequence, message + 1));
    }
}

/* --- down --- */

static const struct { uint8_t bytes; enum tier tier; } KINDS[6] = {{0, 0}, {14, FULL}, {34, FULL}, {39, FULL}, {14, PART}, {8, CRUMB}};

static int read_frame(unsigned reader, const uint8_t *payload, size_t size, uint64_t now_us) {
    uint16_t sections, count, slot;
    uint32_t events;
    if (size < FRAME_HEADER) return 0;
    memcpy(&sections, payload + 2, 2);
    memcpy(&events, payload + 16, 4);
    const uint8_t *at = payload + FRAME_HEADER, *end = payload + size;
    if ((size_t)(end - at) < events) return 0;
    for (at += events; sections; sections--) {
        if (end - at < SECTION_HEADER || at[0] < 1 || at[0] > 5) return 0;
        unsigned kind = at[0], step = KINDS[kind].bytes;
        memcpy(&count, at + 2, 2);
        at += SECTION_HEADER;
        if (end - at < (ptrdiff_t)((size_t)count * step)) return 0;
        for (; count; count--, at += step) {
            memcpy(&slot, at, 2);
            tally_seen(reader, index_of[slot], KINDS[kind].tier, at[3], now_us);
        }
    }
    return at == end;
}

static int read_relay(unsigned reader, const uint8_t *payload, size_t size, uint64_t now_us) {
    static const char head[] = "42[\"pose\",[";
    if (size < sizeof head || memcmp(payload, head, sizeof head - 1)) return size < 3;   /* engine.io pings are no poses */
    char *rest;
    unsigned long slot = strtoul((const char *)payload + sizeof head - 1, &rest, 10);
    tally_seen(reader, index_of[slot & 0xffff], FULL, (uint8_t)strtoul(rest + 1, NULL, 10), now_us);
    return 1;
}

/* Fields of the peer's Player in order: sequence u8, flags u8, head 3 x i16, rotation u32, then for each hand 3 x i16 and u32. */
static const uint8_t FIELD_BYTES[14] = {1, 1, 2, 2, 2, 4, 2, 2, 2, 4, 2, 2, 2, 4};

static int read_patch(unsigned reader, const uint8_t *at, size_t size, uint64_t now_us) {
    const uint8_t *end = at + size;
    while (at < end) {
        if (*at++ != SWITCH_STRUCTURE || at == end) return 0;
        uint32_t ref = *at++;
        if (ref == 0xcc && at < end) ref = *at++;
        else if (ref == 0xcd && end - at > 1) ref = (uint32_t)at[0] | (uint32_t)at[1] << 8, at += 2;
        else if (ref >= 0x80) return 0;
        if (!measuring) ref_moves[ref] = 1;
        int sequence = -1;
        while (at < end && *at != SWITCH_STRUCTURE) {
            unsigned field = *at & 63;
            if (field >= sizeof FIELD_BYTES || end - at <= FIELD_BYTES[field]) return 0;
            if (!field) sequence = at[1];
            at += 1 + FIELD_BYTES[field];
        }
        if (sequence >= 0) tally_seen(reader, index_of[ref], FULL, (uint8_t)sequence, now_us);
    }
    return 1;
}

void dialect_read(unsigned reader, int op, const uint8_t *payload, size_t size, uint64_t now_us) {
    int understood = 1;
    tally_bytes(reader, size);
    switch (plan->dialect) {
    case RELAY:
        understood = read_relay(reader, payload, size, now_us);
        break;
    case COLYSEUS:   /* patches while people come change the map too: those are not read */
        if (size && payload[0] == COLYSEUS_PATCH && settled) understood = read_patch(reader, payload + 1, size - 1, now_us);
        break;
    default:
        if (op == OP_BINARY && size && payload[0] == DOWN_FRAME) understood = read_frame(reader, payload, size, now_us);
    }
    if (measuring) {
        frames_read++;
        messages_odd += !understood;
    }
}
