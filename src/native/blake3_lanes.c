/*
 * The BLAKE3 compression of 8 or 16 inputs side by side, a lane for each: what Blake3Kernel in src/Hfmc.Core/Hashing does, for a
 * program that was compiled ahead of time and so has no vectors beyond those of the least processor. Written from the specification
 * (BLAKE3: one function, fast everywhere; 2020, sections 2.2 and 5.3). Compiled twice, see ../native.targets:
 *   -DLANES=8 -mavx2     -DLANES=16 -mavx512f
 */
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#if LANES == 16
typedef __m512i words;
#define ALL(a) _mm512_set1_epi32((int)(a))
#define ADD(a, b) _mm512_add_epi32(a, b)
#define XOR(a, b) _mm512_xor_si512(a, b)
#define ROTATE16(a) _mm512_ror_epi32(a, 16)
#define ROTATE12(a) _mm512_ror_epi32(a, 12)
#define ROTATE8(a) _mm512_ror_epi32(a, 8)
#define ROTATE7(a) _mm512_ror_epi32(a, 7)
#define LOAD(p) _mm512_loadu_si512((const void *)(p))
#define STORE(p, a) _mm512_storeu_si512((void *)(p), a)
#define ZIPS 4

static inline words zip_low(words a, words b)
{
    return _mm512_permutex2var_epi32(a, _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), b);
}

static inline words zip_high(words a, words b)
{
    return _mm512_permutex2var_epi32(a, _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), b);
}
#else
typedef __m256i words;
#define ALL(a) _mm256_set1_epi32((int)(a))
#define ADD(a, b) _mm256_add_epi32(a, b)
#define XOR(a, b) _mm256_xor_si256(a, b)
/* Whole bytes move in one instruction. */
#define BYTES(a, p, q, r, s) _mm256_shuffle_epi8(a, _mm256_setr_epi8(p, q, r, s, p + 4, q + 4, r + 4, s + 4, p + 8, q + 8, r + 8, s + 8, \
    p + 12, q + 12, r + 12, s + 12, p, q, r, s, p + 4, q + 4, r + 4, s + 4, p + 8, q + 8, r + 8, s + 8, p + 12, q + 12, r + 12, s + 12))
#define ROTATE16(a) BYTES(a, 2, 3, 0, 1)
#define ROTATE12(a) _mm256_or_si256(_mm256_srli_epi32(a, 12), _mm256_slli_epi32(a, 20))
#define ROTATE8(a) BYTES(a, 1, 2, 3, 0)
#define ROTATE7(a) _mm256_or_si256(_mm256_srli_epi32(a, 7), _mm256_slli_epi32(a, 25))
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define STORE(p, a) _mm256_storeu_si256((__m256i *)(void *)(p), a)
#define ZIPS 3

/* The unpack of AVX2 works within each half, so the halves are put in order afterwards. */
static inline words zip_low(words a, words b)
{
    return _mm256_permute2x128_si256(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b), 0x20);
}

static inline words zip_high(words a, words b)
{
    return _mm256_permute2x128_si256(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b), 0x31);
}
#endif

#define NAMED(lanes) hfmc_blake3_lanes##lanes
#define NAME(lanes) NAMED(lanes)

/* The first half of the vectors and the second in turn, as one shuffles cards. Repeated, it turns rows into columns. */
#define ZIP(from, to, count)                                         \
    for (int i = 0; i < (count) / 2; i++) {                          \
        (to)[2 * i] = zip_low((from)[i], (from)[i + (count) / 2]);   \
        (to)[2 * i + 1] = zip_high((from)[i], (from)[i + (count) / 2]); \
    }

#define MIX(a, b, c, d, x, y)            \
    a = ADD(ADD(a, x), b);               \
    d = ROTATE16(XOR(d, a));             \
    c = ADD(c, d);                       \
    b = ROTATE12(XOR(b, c));             \
    a = ADD(ADD(a, y), b);               \
    d = ROTATE8(XOR(d, a));              \
    c = ADD(c, d);                       \
    b = ROTATE7(XOR(b, c))

#define ROUND(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15) \
    MIX(v0, v4, v8, v12, m[s0], m[s1]);                                             \
    MIX(v1, v5, v9, v13, m[s2], m[s3]);                                             \
    MIX(v2, v6, v10, v14, m[s4], m[s5]);                                            \
    MIX(v3, v7, v11, v15, m[s6], m[s7]);                                            \
    MIX(v0, v5, v10, v15, m[s8], m[s9]);                                            \
    MIX(v1, v6, v11, v12, m[s10], m[s11]);                                          \
    MIX(v2, v7, v8, v13, m[s12], m[s13]);                                           \
    MIX(v3, v4, v9, v14, m[s14], m[s15])

/*
 * Compresses `blocks` blocks of 64 bytes of each input, the inputs `stride` bytes apart, and writes LANES hashes of 32 bytes to
 * `output`. Nothing is checked: the caller has done it. `first` and `last` are flags for the first and the last block of each input.
 */
void NAME(LANES)(const uint32_t *key, const uint8_t *input, size_t stride, uint32_t blocks, uint64_t counter, uint32_t counter_step,
    uint32_t every, uint32_t first, uint32_t last, uint8_t *output)
{
    words hash[8], low, high;
    uint32_t lows[LANES], highs[LANES];
    for (int i = 0; i < 8; i++)
        hash[i] = ALL(key[i]);
    for (uint32_t lane = 0; lane < LANES; lane++) {
        uint64_t own = counter + (uint64_t)lane * counter_step;
        lows[lane] = (uint32_t)own;
        highs[lane] = (uint32_t)(own >> 32);
    }
    low = LOAD(lows);
    high = LOAD(highs);

    for (uint32_t block = 0; block < blocks; block++, input += 64) {
        words one[16], two[16];
        /* Three zips end in the other array, four in the same one. */
        words *m = ZIPS % 2 ? two : one;
        for (int lane = 0; lane < LANES; lane++)
            for (int i = 0; i < 16 / LANES; i++)
                one[lane * (16 / LANES) + i] = LOAD(input + (size_t)lane * stride + (size_t)i * sizeof(words));
        ZIP(one, two, 16)
        ZIP(two, one, 16)
        ZIP(one, two, 16)
#if ZIPS == 4
        ZIP(two, one, 16)
#endif
        uint32_t flags = every | (block == 0 ? first : 0) | (block == blocks - 1 ? last : 0);
        words v0 = hash[0], v1 = hash[1], v2 = hash[2], v3 = hash[3], v4 = hash[4], v5 = hash[5], v6 = hash[6], v7 = hash[7];
        words v8 = ALL(0x6A09E667u), v9 = ALL(0xBB67AE85u), v10 = ALL(0x3C6EF372u), v11 = ALL(0xA54FF53Au);
        words v12 = low, v13 = high, v14 = ALL(64), v15 = ALL(flags);
        ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        ROUND(2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8);
        ROUND(3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1);
        ROUND(10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6);
        ROUND(12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4);
        ROUND(9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7);
        ROUND(11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13);
        hash[0] = XOR(v0, v8);
        hash[1] = XOR(v1, v9);
        hash[2] = XOR(v2, v10);
        hash[3] = XOR(v3, v11);
        hash[4] = XOR(v4, v12);
        hash[5] = XOR(v5, v13);
        hash[6] = XOR(v6, v14);
        hash[7] = XOR(v7, v15);
    }

    /* Eight vectors with a word of each hash become hashes one after another. */
    words other[8];
    ZIP(hash, other, 8)
    ZIP(other, hash, 8)
    ZIP(hash, other, 8)
    for (size_t i = 0; i < 8; i++)
        STORE(output + i * sizeof(words), other[i]);
}
