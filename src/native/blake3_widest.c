/* How many lanes this processor and its system have vectors for: 16, 8, or 0. Compiled for the least processor. */
int hfmc_blake3_widest(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") ? 16 : __builtin_cpu_supports("avx2") ? 8 : 0;
}
