#include "loadgen.h"

#include <string.h>

static uint32_t noise = 0x9e3779b9;

static uint32_t next_mask(void) {
    noise ^= noise << 13;
    noise ^= noise >> 17;
    noise ^= noise << 5;
    return noise;
}

size_t ws_write(uint8_t *out, int op, const void *payload, size_t size) {
    const uint8_t *from = payload;
    uint8_t mask[4];
    uint32_t word = next_mask();
    size_t head = 2;
    memcpy(mask, &word, 4);
    out[0] = (uint8_t)(0x80 | op);
    if (size < 126) {
        out[1] = (uint8_t)(0x80 | size);
    } else {   /* nothing that this program says is longer than 64 KiB */
        out[1] = 0x80 | 126;
        out[2] = (uint8_t)(size >> 8);
        out[3] = (uint8_t)size;
        head = 4;
    }
    memcpy(out + head, mask, 4);
    head += 4;
    for (size_t i = 0; i < size; i++) out[head + i] = from[i] ^ mask[i & 3];
    return head + size;
}

size_t ws_read(const uint8_t *in, size_t size, int *op, const uint8_t **payload, size_t *payload_size) {
    size_t head = 2;
    uint64_t length;
    if (size < 2) return 0;
    length = in[1] & 127;
    if (length == 126) {
        if (size < 4) return 0;
        length = (uint64_t)in[2] << 8 | in[3];
        head = 4;
    } else if (length == 127) {
        if (size < 10) return 0;
        length = 0;
        for (int i = 2; i < 10; i++) length = length << 8 | in[i];
        head = 10;
    }
    if (size < head + length) return 0;
    *op = in[0] & 15;
    *payload = in + head;
    *payload_size = (size_t)length;
    return head + (size_t)length;
}
