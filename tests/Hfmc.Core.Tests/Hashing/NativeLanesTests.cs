using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Hfmc.Core.Hashing;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Hashing;

/// <summary>The kernels in C that a native program has, compiled for this test: skipped without a C compiler or such a processor.</summary>
public sealed class NativeLanesTests
{
    const int BlockLength = 64, HashLength = 32, MostBlocks = 16, Slack = 40;

    static readonly Lazy<bool> s_isCompiled = new(TryCompile);

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Each_lane_compresses_as_one_alone(int lanes)
    {
        Assert.SkipUnless(lanes is 8 ? Avx2.IsSupported : Avx512F.IsSupported, "this processor has no such vectors");
        Assert.SkipUnless(s_isCompiled.Value, "there is no C compiler");
        Seeds.Run(nameof(Each_lane_compresses_as_one_alone), 200, random =>
        {
            var blocks = random.Next(1, MostBlocks + 1);
            var stride = (blocks * BlockLength) + random.Next(Slack);
            var (key, input) = (new uint[8], new byte[((lanes - 1) * stride) + (blocks * BlockLength)]);
            random.NextBytes(MemoryMarshal.AsBytes(key.AsSpan()));
            random.NextBytes(input);
            // Counters around the end of the lower word, too.
            var counter = random.Next(2) is 0 ? (ulong)random.NextInt64() : uint.MaxValue - (ulong)random.Next(lanes);
            var job = new Blake3Job(stride, blocks, counter, (uint)random.Next(2), Flags(random), Flags(random), Flags(random));
            var (expected, actual) = (new byte[lanes * HashLength], new byte[lanes * HashLength]);
            for (var lane = 0; lane < lanes; lane++)
                Blake3Kernel<uint, OneLane>.Run(
                    key, job with { Counter = counter + ((ulong)lane * job.CounterStep) }, ref input[lane * stride], ref expected[lane * HashLength]);

            NativeLanes.Run(lanes, key, job, ref input[0], ref actual[0]);

            Assert.Equal(expected, actual);
        });
    }

    [Fact]
    public void The_widest_that_the_processor_has_is_found()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture is Architecture.X64 && s_isCompiled.Value, "no x86-64, or no C compiler");

        Assert.Equal(Avx512F.IsSupported ? 16 : Avx2.IsSupported ? 8 : 0, NativeLanes.Widest());
    }

    static Blake3Flags Flags(Random random) => (Blake3Flags)random.Next(32);

    static bool TryCompile()
    {
        // For as long as the process lives: what is loaded stays.
        var folder = Directory.CreateTempSubdirectory("hfmc-lanes").FullName;
        var library = Path.Combine(folder, "lanes.so");
        if (!(Compile(folder, "blake3_lanes.c", "8.o", "-DLANES=8", "-mavx2")
            && Compile(folder, "blake3_lanes.c", "16.o", "-DLANES=16", "-mavx512f")
            && Compile(folder, "blake3_widest.c", "widest.o")
            && Run("-shared", "-o", library, Path.Combine(folder, "8.o"), Path.Combine(folder, "16.o"), Path.Combine(folder, "widest.o"))))
            return false;
        var loaded = NativeLibrary.Load(library);
        Directory.Delete(folder, recursive: true);
        NativeLibrary.SetDllImportResolver(typeof(Blake3).Assembly, (name, _, _) => name is "hfmc_lanes" ? loaded : 0);
        return true;
    }

    static bool Compile(string folder, string source, string output, params string[] options) =>
        Run(["-std=c11", "-O3", "-fPIC", .. options, "-c", Path.Combine(Sources(), source), "-o", Path.Combine(folder, output)]);

    static bool Run(params string[] arguments)
    {
        foreach (var compiler in (string[])["clang", "gcc"])
            try
            {
                using var process = Process.Start(new ProcessStartInfo(compiler, arguments) { RedirectStandardError = true })!;
                process.StandardError.ReadToEnd();
                process.WaitForExit();
                return process.ExitCode is 0;
            }
            catch (Win32Exception)
            {
                // Not installed: the next one.
            }
        return false;
    }

    static string Sources() => typeof(NativeLanesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key is "NativeSources").Value!;
}
