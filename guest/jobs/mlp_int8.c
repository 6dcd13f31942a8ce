/* mlp_int8.c - a quantised multi-layer perceptron: 8-bit weights and activations, 32-bit sums.
 *
 * y[o] = clamp(floor((bias[o] + sum over i of weights[o][i] x[i]) / 2^shift)), where clamp is to
 * -128..127, or to 0..127 in a layer with ReLU.
 *
 * Input words: number of layers, of inputs, and of elements of an input. Then each layer: number of
 * outputs, shift (0..31), activation (0 none, 1 ReLU), the biases (one word each), the weights
 * output by output (one byte each, the whole padded with zeros to words). Then the inputs (one byte
 * each, the whole padded likewise). Output words: number of inputs, elements of an output; then the
 * outputs (one byte each, padded likewise). */
#include "job.h"

#define MAX_LAYERS 64
#define MAX_WIDTH 4096 /* so that products add up to at most 2^12 2^14 = 2^26 */
#define MAX_INPUTS 65536

static const uint32_t *at, *end;

static const uint32_t *take(uint32_t words)
{
    const uint32_t *p = at;
    require(words <= (uint32_t)(end - at), "malformed input: it ends too early");
    at += words;
    return p;
}

static const int8_t *take_bytes(uint32_t n)
{
    const int8_t *p = (const int8_t *)take((n + 3) / 4);
    for (uint32_t i = n; i % 4; i++) require(p[i] == 0, "malformed input: padding is not zero");
    return p;
}

static inline int8_t quantise(int32_t sum, uint32_t shift, int32_t low)
{
    int32_t v = sum >> shift;
    return (int8_t)(v < low ? low : v > 127 ? 127 : v);
}

/* One input through one layer; four outputs at once, so that an element is loaded once for four. */
static void layer(int8_t *y, const int8_t *x, uint32_t n_in, const int8_t *w, const int32_t *bias,
                  uint32_t n_out, uint32_t shift, int32_t low)
{
    const int8_t *x_end = x + n_in;
    uint32_t o = 0;
    for (; o + 4 <= n_out; o += 4, w += 4 * n_in) {
        int32_t s0 = bias[o], s1 = bias[o + 1], s2 = bias[o + 2], s3 = bias[o + 3];
        const int8_t *w0 = w, *w1 = w + n_in, *w2 = w + 2 * n_in, *w3 = w + 3 * n_in, *p = x;
        for (; x_end - p >= 4; p += 4, w0 += 4, w1 += 4, w2 += 4, w3 += 4) {
            int32_t v = p[0];
            s0 += w0[0] * v, s1 += w1[0] * v, s2 += w2[0] * v, s3 += w3[0] * v;
            v = p[1];
            s0 += w0[1] * v, s1 += w1[1] * v, s2 += w2[1] * v, s3 += w3[1] * v;
            v = p[2];
            s0 += w0[2] * v, s1 += w1[2] * v, s2 += w2[2] * v, s3 += w3[2] * v;
            v = p[3];
            s0 += w0[3] * v, s1 += w1[3] * v, s2 += w2[3] * v, s3 += w3[3] * v;
        }
        for (; p < x_end; p++) {
            int32_t v = *p;
            s0 += *w0++ * v, s1 += *w1++ * v, s2 += *w2++ * v, s3 += *w3++ * v;
        }
        y[o] = quantise(s0, shift, low);
        y[o + 1] = quantise(s1, shift, low);
        y[o + 2] = quantise(s2, shift, low);
        y[o + 3] = quantise(s3, shift, low);
    }
    for (; o < n_out; o++) {
        int32_t s = bias[o];
        for (const int8_t *p = x; p < x_end; p++) s += *w++ * *p;
        y[o] = quantise(s, shift, low);
    }
}

typedef struct {
    uint32_t n_in, n_out, shift;
    int32_t low; /* of the outputs */
    const int32_t *bias;
    const int8_t *w;
} layer_info;

int main(void)
{
    static layer_info layers[MAX_LAYERS];
    static int8_t buffer[2][MAX_WIDTH];
    uint32_t n_words;
    at = input_words(&n_words, 3);
    end = at + n_words;
    const uint32_t *head = take(3);
    uint32_t n_layers = head[0], n_inputs = head[1], width = head[2];
    require(n_layers - 1 < MAX_LAYERS && n_inputs - 1 < MAX_INPUTS && width - 1 < MAX_WIDTH,
            "malformed input: a size out of range");
    uint32_t n_in = width;
    for (uint32_t i = 0; i < n_layers; i++) {
        layer_info *l = &layers[i];
        const uint32_t *p = take(3);
        require(p[0] - 1 < MAX_WIDTH && p[1] < 32 && p[2] <= 1,
                "malformed input: a layer's size, shift or activation out of range");
        l->n_in = n_in;
        l->n_out = p[0];
        l->shift = p[1];
        l->low = p[2] ? 0 : -128;
        l->bias = (const int32_t *)take(l->n_out);
        int32_t limit = INT32_MAX - (int32_t)(n_in << 14);
        for (uint32_t o = 0; o < l->n_out; o++)
            require(l->bias[o] <= limit && l->bias[o] >= -limit,
                    "malformed input: a bias with which a sum could exceed 32 bits");
        l->w = take_bytes(l->n_out * n_in);
        n_in = l->n_out;
    }
    const int8_t *x = take_bytes(n_inputs * width);
    require(at == end, "malformed input: it goes on after its end");

    sp_write_u32(n_inputs);
    sp_write_u32(n_in);
    int8_t *y = (int8_t *)sp_output((n_inputs * n_in + 3) / 4 * 4);
    for (uint32_t i = 0; i < n_inputs; i++, x += width, y += n_in) {
        const int8_t *from = x;
        for (uint32_t k = 0; k < n_layers; k++) {
            const layer_info *l = &layers[k];
            int8_t *to = k + 1 == n_layers ? y : buffer[k % 2];
            layer(to, from, l->n_in, l->w, l->bias, l->n_out, l->shift, l->low);
            from = to;
        }
    }
    return 0;
}
